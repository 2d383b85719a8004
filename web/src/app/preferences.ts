import { accounts } from "../api/accounts";
import type { Preferences } from "../api/types";
import { Store, useStore } from "./store";

// Language and theme are wanted before anybody has signed in, so this browser remembers them too.
const key = "pronk.preferences";

export type Language = "en" | "zh";
export type Theme = "system" | "light" | "dark";

function remembered(): Preferences {
    try {
        return JSON.parse(localStorage.getItem(key) ?? "{}") as Preferences;
    } catch {
        return {};
    }
}

const preferences = new Store<Preferences>(remembered());
let isSignedIn = false;

function languageOf(value: Preferences): Language {
    if (value.language === "en" || value.language === "zh") return value.language;
    return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function show(value: Preferences) {
    const root = document.documentElement;
    root.lang = languageOf(value) === "zh" ? "zh-CN" : "en";
    if (value.theme === "light" || value.theme === "dark") root.dataset["theme"] = value.theme;
    else delete root.dataset["theme"];
    try {
        localStorage.setItem(key, JSON.stringify({ language: value.language, theme: value.theme }));
    } catch {
        // Private windows may refuse; then the choice lives as long as the page.
    }
}

show(preferences.get());

/** What the account says wins over what the browser remembers, except for what the account does not say. */
export function adoptPreferences(of: Preferences | undefined) {
    isSignedIn = of !== undefined;
    const { language, theme } = preferences.get();
    preferences.set(of === undefined ? { language, theme } : { language, theme, ...of });
    show(preferences.get());
}

/** Changes preferences here at once, and in the account where somebody is signed in. */
export async function changePreferences(changes: Preferences): Promise<void> {
    const changed = { ...preferences.get(), ...changes };
    preferences.set(changed);
    show(changed);
    if (isSignedIn) await accounts.change({ preferences: changed });
}

export const currentLanguage = () => languageOf(preferences.get());
export const usePreferences = () => useStore(preferences);
export const useLanguage = () => languageOf(useStore(preferences));
