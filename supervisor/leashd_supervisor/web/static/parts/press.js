// Buttons that decide.  None has the focus by itself, none works before it has stood still for half a second, and for
// danger it has to be held.

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { moved } from "../store.js";
import { say } from "../announce.js";

const ARMING = 500;
const HOLD = 600;
const CONFIRM = 5000;

/** Whether what `key` names has been there for long enough to be meant by a key, and in its place for a tap. */
function useArmed(key) {
  const place = `${key}|${moved.value}`;
  const [armed, arm] = useState({});
  useEffect(() => {
    const timer = setTimeout(() => arm({ key, place }), ARMING);
    return () => clearTimeout(timer);
  }, [place]);
  return { known: armed.key === key, still: armed.place === place };
}

/**
 * A button.  `arm` names what it is about; when that changes, the button pauses.  `shortcut` is its key.  `busy` shows
 * that it was pressed.
 */
export function Press({ arm, hold = false, tone = "", shortcut, busy = false, disabled = false, label, onPress, children }) {
  const { known, still } = useArmed(arm);
  const [holding, setHolding] = useState(false);
  const timer = useRef(0);
  const meant = useRef(null);
  const asked = useRef(0);
  const pressed = useRef(false);
  const free = !busy && !disabled;
  const ready = still && free;
  const byKey = known && free;

  useEffect(() => () => clearTimeout(timer.current), []);

  const fire = () => {
    setHolding(false);
    pressed.current = true;
    navigator.vibrate?.(12);
    onPress();
  };
  const begin = () => {
    clearTimeout(timer.current);
    setHolding(true);
    timer.current = setTimeout(fire, HOLD);
  };
  const end = () => {
    clearTimeout(timer.current);
    setHolding((now) => {
      if (now) say("Keep holding to allow");
      return false;
    });
  };
  const down = (event) => {
    meant.current = ready;
    if (hold && ready && event.button === 0) begin();
  };
  const click = (event) => {
    const started = event.detail === 0 ? byKey : ready && meant.current;
    meant.current = null;
    if (!started) return;
    if (!hold) return fire();
    // A click without a pointer is a screen reader's or a switch's; they cannot hold, so they say it twice.
    if (event.detail !== 0) return;
    const since = performance.now() - asked.current;
    if (since > HOLD && since < CONFIRM) return fire();
    asked.current = performance.now();
    say("This is dangerous. Activate again to allow it.", true);
  };
  const isPress = (event) => event.key === "Enter" || event.key === " " || event.key === shortcut;
  const keyDown = (event) => {
    if (!hold || !isPress(event)) return;
    event.preventDefault();
    if (byKey && !event.repeat) begin();
  };
  const keyUp = (event) => {
    if (!hold || !isPress(event)) return;
    event.preventDefault();
    end();
  };
  const sending = busy && pressed.current;
  if (!busy) pressed.current = false;
  return html`<button
    type="button"
    class=${`press ${tone} ${holding ? "holding" : ""} ${hold ? "hold" : ""}`}
    aria-disabled=${ready ? null : "true"}
    aria-label=${label}
    aria-keyshortcuts=${shortcut}
    data-key=${shortcut}
    data-hold=${hold ? "" : null}
    aria-busy=${busy ? "true" : null}
    onPointerDown=${down}
    onPointerUp=${hold ? end : null}
    onPointerLeave=${hold ? end : null}
    onPointerCancel=${hold ? end : null}
    onContextMenu=${hold ? (event) => event.preventDefault() : null}
    onKeyDown=${keyDown}
    onKeyUp=${keyUp}
    onBlur=${hold ? end : null}
    onClick=${click}
  ><span class="press-label">${sending ? "Sending…" : children}</span></button>`;
}
