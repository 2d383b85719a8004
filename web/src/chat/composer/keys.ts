import type { KeyboardEvent } from "react";

/**
 * Whether this key sends: Enter without Shift. Never while an input method composes, where Enter takes a candidate
 * over; Safari ends the composition before the key, and says so only by the code 229. On touch keyboards Enter is a new
 * line.
 */
export function isSendKey(event: KeyboardEvent): boolean {
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return false;
    if (event.nativeEvent.isComposing || event.keyCode === 229) return false;
    const isTouch = matchMedia("(hover: none) and (pointer: coarse)").matches;
    return !isTouch || event.ctrlKey || event.metaKey;
}
