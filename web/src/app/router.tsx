import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { Store, useStore } from "./store";

/** The page that an address names; see the end of docs/site-api.md. */
export type Route =
    | { page: "chat"; chat?: string }
    | { page: "shared"; token: string }
    | { page: "signin" | "setup" | "invite" | "admin" | "settings" | "missing" };

export function routeOf(path: string): Route {
    const parts = path.split("/").filter((part) => part !== "");
    const [first, second] = parts;
    if (first === undefined) return { page: "chat" };
    if (first === "c" && second !== undefined && parts.length === 2) return { page: "chat", chat: decoded(second) };
    if (first === "s" && second !== undefined && parts.length === 2) return { page: "shared", token: decoded(second) };
    const simple = ["signin", "setup", "invite", "admin", "settings"] as const;
    const page = simple.find((name) => name === first);
    // The administration and the settings have sections of their own below their address.
    if (page !== undefined && (parts.length === 1 || page === "admin" || page === "settings")) return { page };
    return { page: "missing" };
}

function decoded(part: string): string {
    try {
        return decodeURIComponent(part);
    } catch {
        return part;
    }
}

const path = new Store(location.pathname);
addEventListener("popstate", () => path.set(location.pathname));

export function navigate(to: string, options: { replace?: boolean } = {}) {
    if (options.replace) history.replaceState(null, "", to);
    else if (to !== location.pathname) history.pushState(null, "", to);
    path.set(location.pathname);
}

export const usePath = () => useStore(path);

/** A link within the site: a plain click changes the page without loading anything anew. */
export function Link({ to, onClick, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
    const follow = (event: MouseEvent<HTMLAnchorElement>) => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0) return;
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        navigate(to);
    };
    return <a href={to} onClick={follow} {...rest} />;
}
