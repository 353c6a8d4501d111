"use strict";
(() => {
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const news = document.getElementById("page-news");
  const segment = document.getElementById("page-segment");

  // Contents: beside the page where there is room, otherwise a bar that opens.
  const contents = document.querySelector(".contents");
  const list = contents.querySelector("details");
  const room = matchMedia("(min-width: 66rem)");
  const fold = () => {
    list.open = room.matches;
  };
  const here = { part: "", segment: "" };
  const tell = (news) => {
    Object.assign(here, news);
    const words = [here.part, here.segment].filter(Boolean).join(" · ");
    document.getElementById("page-here").textContent = words;
  };
  contents.classList.add("is-bar");
  room.addEventListener("change", fold);
  fold();
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a")) fold();
  });
  contents.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || room.matches || !list.open) return;
    fold();
    list.querySelector("summary").focus();
  });
  const reached = new IntersectionObserver(
    (parts) => {
      const part = parts.find((each) => each.isIntersecting);
      if (!part) return;
      for (const link of all("ol > li > a", list)) {
        if (link.hash !== `#${part.target.id}`) link.removeAttribute("aria-current");
        else {
          link.setAttribute("aria-current", "true");
          tell({ part: link.textContent });
          contents.scrollTop = link.offsetTop - contents.clientHeight / 3;
        }
      }
    },
    { rootMargin: "-25% 0px -74% 0px" },
  );
  for (const part of all("section[id]")) reached.observe(part);

  // Filter by segment: other areas and bars fade, other rows and drawings hide.
  const choose = (code) => {
    const other = (node) => code !== "" && node.dataset.segment !== code;
    for (const row of all("tr[data-segment]")) row.hidden = other(row);
    for (const shape of all("g[data-segment]")) {
      shape.classList.toggle("faded", other(shape));
    }
    for (const picture of all(".picture")) {
      const drawings = all("[data-variant]", picture);
      const has = drawings.some((each) => each.dataset.variant === code);
      for (const each of drawings) {
        each.hidden = each.dataset.variant !== (has ? code : "");
      }
      picture.dispatchEvent(new Event("drawn"));
    }
    document.body.classList.toggle("filtered", code !== "");
    tell({ segment: code && segment.selectedOptions[0].textContent });
  };
  if (segment) {
    segment.closest(".filter").hidden = false;
    segment.addEventListener("change", () => {
      choose(segment.value);
      const rows = all("tr[data-segment]").filter((row) => !row.hidden).length;
      const name = segment.selectedOptions[0].textContent;
      news.textContent = `Showing ${name}: ${rows} rows of tables.`;
    });
    choose(segment.value);
  }

  // On paper nothing can be opened, so what says how is open.
  const methods = all("details.is-method");
  const folded = () => methods.filter((each) => !each.open);
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = folded();
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
  });

  // Zoom: the drawing grows inside its frame, which scrolls by touch, wheel and keys.
  const steps = {
    map: [1, 1.5, 2, 3, 4, 6, 8, 12],
    process: [0.5, 0.75, 1, 1.5, 2, 3],
  };
  const zoomable = (stage) => {
    const sizes = steps[stage.dataset.zoom];
    const title = document.getElementById(stage.getAttribute("aria-labelledby"));
    let level = sizes.indexOf(1);

    const zoom = (wanted) => {
      const next = Math.min(Math.max(wanted, 0), sizes.length - 1);
      const before = stage.scrollWidth;
      const across = (stage.scrollLeft + stage.clientWidth / 2) / before;
      const down = (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight;
      level = next;
      const size = sizes[level];
      for (const svg of all("svg", stage)) {
        const whole = svg.getAttribute("width") || stage.clientWidth;
        svg.style.setProperty("--zoom", size);
        svg.style.width = size === 1 ? "" : `${whole * size}px`;
        svg.style.height = size === 1 ? "" : "auto";
        svg.style.maxWidth = size === 1 ? "" : "none";
        svg.style.maxHeight = size === 1 ? "" : "none";
      }
      stage.scrollLeft = across * stage.scrollWidth - stage.clientWidth / 2;
      stage.scrollTop = down * stage.scrollHeight - stage.clientHeight / 2;
      news.textContent = `${title.textContent}: ${Math.round(size * 100)}%`;
      tellCut();
    };

    const bar = document.createElement("div");
    bar.className = "zoom";
    const buttons = [
      ["Zoom in", () => zoom(level + 1)],
      ["Zoom out", () => zoom(level - 1)],
      ["Usual size", () => zoom(sizes.indexOf(1))],
    ];
    for (const [name, act] of buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.setAttribute("aria-label", `${name}: ${title.textContent}`);
      button.addEventListener("click", act);
      bar.append(button);
    }
    const cue = document.createElement("span");
    const tellCut = () => {
      const isCut = stage.scrollWidth > stage.clientWidth + 1;
      cue.textContent = isCut ? "Scroll sideways for the rest \u2192" : "";
    };
    bar.append(cue);
    stage.before(bar);
    tellCut();
    addEventListener("resize", tellCut);
    const first = stage.querySelector("div:not([hidden]) .node");
    if (first && stage.scrollWidth > stage.clientWidth) {
      const { left, width } = first.getBoundingClientRect();
      const from = stage.getBoundingClientRect().left;
      stage.scrollLeft = left + width / 2 - from - stage.clientWidth / 2;
    }

    stage.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const turns = { "+": level + 1, "=": level + 1, "-": level - 1, 0: sizes.indexOf(1) };
      if (event.key in turns) {
        event.preventDefault();
        zoom(turns[event.key]);
      }
    });

    let held = null;
    stage.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      held = [event.clientX + stage.scrollLeft, event.clientY + stage.scrollTop];
      stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener("pointermove", (event) => {
      if (!held) return;
      stage.scrollLeft = held[0] - event.clientX;
      stage.scrollTop = held[1] - event.clientY;
    });
    for (const end of ["pointerup", "pointercancel"]) {
      stage.addEventListener(end, () => {
        held = null;
      });
    }
  };
  all("[data-zoom]").forEach(zoomable);

  // Sliders: hide steps that are rare or soon over; choose what a line's width says.
  const many = (number, what) => `${number.toLocaleString("en-GB")} ${what}`;
  const measures = {
    count: { ask: "Steps taken at least", name: "how often", said: (n) => many(n, "times") },
    wait: {
      ask: "Steps whose median wait is at least",
      name: "wait",
      said: (n) => many(n, n === 1 ? "day" : "days"),
    },
    cost: { name: "cost" },
  };
  const slidable = (picture, at) => {
    const drawings = all("svg[data-sliders]", picture);
    const edges = all(".edge", picture);
    const known = (what) => edges.filter((each) => what in each.dataset);
    const figure = (edge, what) => Number(edge.dataset[what]);
    const box = document.createElement("div");
    box.className = "sliders";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", `What is drawn: ${picture.querySelector("h3").textContent}`);
    const shown = document.createElement("p");
    shown.setAttribute("role", "status");
    const least = { count: 0, wait: 0 };

    const show = () => {
      const is = (edge) =>
        Object.entries(least).every(([what, from]) => !from || figure(edge, what) >= from);
      for (const svg of drawings) {
        const kept = all(".edge", svg).filter(is);
        const links = new Set(kept.map((each) => each.dataset.link));
        const ends = new Set(kept.flatMap(({ dataset }) => [dataset.from, dataset.to]));
        const hide = (node, hidden) => node.classList.toggle("away", hidden);
        for (const each of all("[data-link]", svg)) hide(each, !links.has(each.dataset.link));
        for (const each of all("[data-node]", svg)) hide(each, !ends.has(each.dataset.node));
        if (svg.closest("[hidden]")) continue;
        const sum = (some) =>
          some.reduce((all, each) => all + (figure(each, "count") || 0), 0);
        const every = all(".edge", svg);
        const share = Math.round((100 * sum(kept)) / (sum(every) || 1));
        const all_known = every.every((each) => "count" in each.dataset);
        shown.textContent =
          `${kept.length} of ${every.length} steps are shown: ${share}% of the moves drawn` +
          (all_known ? "." : ", without those hidden to protect people.");
      }
    };

    for (const what of ["count", "wait"]) {
      const values = known(what).map((each) => figure(each, what));
      const stops = [0, ...new Set(values.filter((each) => each > 0).sort((a, b) => a - b))];
      if (stops.length < 3) continue;
      const label = document.createElement("label");
      const range = document.createElement("input");
      const said = document.createElement("output");
      Object.assign(range, { type: "range", min: 0, max: stops.length - 1, step: 1, value: 0 });
      const tell = () => {
        const from = stops[range.value];
        said.value = from ? measures[what].said(from) : "any";
        range.setAttribute("aria-valuetext", from ? said.value : "any: every step is shown");
      };
      range.addEventListener("input", () => {
        least[what] = stops[range.value];
        tell();
        show();
      });
      tell();
      range.setAttribute("aria-label", measures[what].ask);
      label.append(measures[what].ask, " ", range, said);
      box.append(label);
    }

    const widths = Object.keys(measures).filter((what) => known(what).length);
    if (widths.length > 1) {
      const choice = document.createElement("fieldset");
      const legend = document.createElement("legend");
      legend.textContent = "Width of a line";
      choice.append(legend);
      for (const what of widths) {
        const label = document.createElement("label");
        const radio = document.createElement("input");
        const id = `width-${at}`;
        Object.assign(radio, { type: "radio", name: id, value: what, checked: what === "count" });
        radio.addEventListener("change", () => {
          for (const svg of drawings) {
            const most = Math.max(...all(".edge", svg).map((each) => figure(each, what) || 0));
            for (const edge of all(".edge", svg)) {
              const line = edge.querySelector(".line");
              const part = Math.max(figure(edge, what) || 0, 0) / (most || 1);
              line.setAttribute("stroke-width", (1.2 + 5.8 * Math.sqrt(part)).toFixed(1));
              line.classList.toggle("unknown", !(what in edge.dataset));
            }
          }
          news.textContent = `Width of a line: by ${measures[what].name}`;
        });
        label.append(radio, `by ${measures[what].name}`);
        choice.append(label);
      }
      box.append(choice);
    }
    if (!box.children.length) return;
    box.append(shown);
    picture.querySelector(".body").prepend(box);
    picture.addEventListener("drawn", show);
    show();
  };
  all(".picture:has(svg[data-sliders])").forEach(slidable);
})();
