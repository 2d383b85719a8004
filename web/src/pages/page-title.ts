import { useEffect } from "react";

/** Names the page in the browser's tab, for as long as it is shown. */
export function usePageTitle(title: string) {
    useEffect(() => {
        const before = document.title;
        document.title = `${title} · Pronk`;
        return () => {
            document.title = before;
        };
    }, [title]);
}
