"""`python -m insight` is `totalplace`."""

from insight.cli import main

if __name__ == "__main__":
    main()
