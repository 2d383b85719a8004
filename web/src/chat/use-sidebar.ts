import { useEffect, useState } from "react";

const key = "pronk.sidebar";
const narrow = "(max-width: 820px)";
const isNarrow = () => matchMedia(narrow).matches;

/** On wide pages the sidebar stands beside the chat, and stays as the reader left it; on a phone it lies over it. */
export function useSidebar() {
    const [isOpen, setOpen] = useState(() => {
        try {
            return !isNarrow() && localStorage.getItem(key) !== "hidden";
        } catch {
            return !isNarrow();
        }
    });
    const set = (open: boolean) => {
        setOpen(open);
        if (isNarrow()) return;
        try {
            localStorage.setItem(key, open ? "shown" : "hidden");
        } catch {
            // Then it is only remembered while the page is open.
        }
    };
    useEffect(() => {
        const query = matchMedia(narrow);
        const follow = () => {
            if (query.matches) setOpen(false);
        };
        const escape = (event: KeyboardEvent) => {
            if (event.key === "Escape" && isNarrow()) setOpen(false);
        };
        query.addEventListener("change", follow);
        addEventListener("keydown", escape);
        return () => {
            query.removeEventListener("change", follow);
            removeEventListener("keydown", escape);
        };
    }, []);
    return {
        isOpen,
        show: () => set(true),
        hide: () => set(false),
        hideOnPhone: () => {
            if (isNarrow()) setOpen(false);
        },
    };
}
