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
    stage.before(bar);
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
})();
