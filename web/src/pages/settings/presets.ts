import type { Preferences } from "../../api/types";

export type Preset = NonNullable<Preferences["presets"]>[number];

export type PresetProblem = "untitled" | "empty" | "tooLong";

/** Preferences may have 64 KiB as JSON in all; a character of Chinese takes three bytes of it. */
export const presetBytes = 48_000;

/** Puts a preset in the place of the one at `index`, or at the end; says why not where it cannot be kept. */
export function withPreset(
    presets: readonly Preset[], preset: Preset, index: number | undefined,
): { presets: Preset[] } | { problem: PresetProblem } {
    const kept = { name: preset.name.trim(), text: preset.text.trim() };
    if (kept.name === "") return { problem: "untitled" };
    if (kept.text === "") return { problem: "empty" };
    const changed = index === undefined
        ? [...presets, kept]
        : presets.map((other, at) => (at === index ? kept : other));
    const size = new TextEncoder().encode(JSON.stringify(changed)).length;
    return size > presetBytes ? { problem: "tooLong" } : { presets: changed };
}
