import { useEffect, useRef } from "react";

interface Shortcuts {
    onSearch: () => void;
    onNewChat: () => void;
}

/** Ctrl+K searches, Ctrl+Shift+O begins a chat; Command on a Mac. */
export function useShortcuts(shortcuts: Shortcuts) {
    const latest = useRef(shortcuts);
    latest.current = shortcuts;
    useEffect(() => {
        const press = (event: KeyboardEvent) => {
            if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
            const key = event.key.toLowerCase();
            if (key === "k" && !event.shiftKey) {
                event.preventDefault();
                latest.current.onSearch();
            } else if (key === "o" && event.shiftKey) {
                event.preventDefault();
                latest.current.onNewChat();
            }
        };
        addEventListener("keydown", press);
        return () => removeEventListener("keydown", press);
    }, []);
}
