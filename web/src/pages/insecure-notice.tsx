import { useState } from "react";
import { Button } from "../parts/button";
import { Icon } from "../parts/icon";
import { useTexts } from "../text/texts";

const key = "pronk.insecureSeen";

function wasSeen(): boolean {
    try {
        return localStorage.getItem(key) !== null;
    } catch {
        return false;
    }
}

/** Over plain HTTP from another computer browsers switch functions off; says which and why, once. */
export function InsecureNotice() {
    const { insecure } = useTexts();
    const [isShown, setShown] = useState(() => !window.isSecureContext && !wasSeen());
    if (!isShown) return null;
    const dismiss = () => {
        setShown(false);
        try {
            localStorage.setItem(key, "1");
        } catch {
            // Private windows may refuse; then it is said again next time.
        }
    };
    return (
        <aside className="notice" aria-label={insecure.title}>
            <strong><Icon name="warning" />{insecure.title}</strong>
            <p>{insecure.lead}</p>
            <p className="soft">{insecure.more}</p>
            <Button onClick={dismiss}>{insecure.dismiss}</Button>
        </aside>
    );
}
