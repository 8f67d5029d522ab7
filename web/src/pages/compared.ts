// Before and after in one frame: the line between them follows the finger and the keys.

import { filled } from "../core/words";

export function enhanceCompared(pair: HTMLElement): void {
  const frame = pair.querySelector<HTMLElement>(".compared__frame")!;
  const range = frame.querySelector<HTMLInputElement>("input")!;
  const show = (before: number): void => {
    frame.style.setProperty("--before", `${before}%`);
    range.setAttribute("aria-valuetext", filled(range.dataset.says ?? "", { before: range.value, after: 100 - range.valueAsNumber }));
  };
  const follow = ({ clientX }: MouseEvent): void => {
    const { left, width } = frame.getBoundingClientRect();
    const before = Math.min(100, Math.max(0, ((clientX - left) / width) * 100));
    range.valueAsNumber = before; // to the nearest step; the line itself stays under the finger
    show(before);
  };
  // A finger that begins here may mean to scroll the page: the line waits until it goes sideways, or taps.
  let began = { clientX: 0, clientY: 0 };
  let moving = false;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    began = event;
    moving = event.pointerType === "mouse";
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => {
    if (!frame.hasPointerCapture(event.pointerId)) return;
    moving ||= Math.abs(event.clientX - began.clientX) > Math.abs(event.clientY - began.clientY);
    if (moving) follow(event);
  });
  frame.addEventListener("click", (event) => {
    follow(event);
    range.focus({ preventScroll: true });
  });
  range.addEventListener("input", () => show(range.valueAsNumber));
  range.hidden = false;
  show(range.valueAsNumber);
}
