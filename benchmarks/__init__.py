"""Side by side against peers, each in an environment of its own.

`python -m benchmarks` lists what can be measured; `python -m benchmarks NAME`
measures it. Read `bars` (what a figure is), `contenders` (how one is timed),
then one file a benchmark.
"""
