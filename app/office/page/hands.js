// One press is one act: a key that is held, and the second half of a double click, mean nothing more.
const again = (event) => (event.type === "click" ? event.detail > 1 : event.repeat && event.key === "Enter");

export function once(frame) {
  const drop = (event) => {
    if (!again(event) || !event.target.closest("button")) return;
    event.preventDefault();
    event.stopPropagation();
  };
  for (const kind of ["click", "keydown"]) frame.addEventListener(kind, drop, true);
  return frame;
}
