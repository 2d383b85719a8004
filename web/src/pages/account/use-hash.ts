import { useEffect, useState } from "react";

/** A broken escape is part of no token: such a link is as good as none. */
const now = () => {
    try {
        return decodeURIComponent(location.hash.slice(1));
    } catch {
        return "";
    }
};

/** What follows the # in the address: a token that never reaches a server's log. */
export function useHash(): string {
    const [hash, setHash] = useState(now);
    useEffect(() => {
        const changed = () => setHash(now());
        addEventListener("hashchange", changed);
        return () => removeEventListener("hashchange", changed);
    }, []);
    return hash;
}
