import type { ComponentType, LazyExoticComponent } from "react";
import { lazy } from "react";

const firstRetryMilliseconds = 500;
const longestRetryMilliseconds = 10_000;

/**
 * A component of a part of the site that is loaded when it is first shown.
 *
 * The network may be away just then. The page as a whole must not fail for it: loading goes on until the server can be
 * reached. A server that is there and no longer has the part was replaced by a newer one; that is an error, which the
 * page's boundary answers with a reload.
 */
export function lazily<Part, Props>(
    load: () => Promise<Part>,
    component: (part: Part) => ComponentType<Props>,
): LazyExoticComponent<ComponentType<Props>> {
    return lazy(async () => ({ default: component(await persistently(load)) }));
}

/** Rejects when two attempts failed although the server answers: the first may have met it coming back. */
async function persistently<Part>(load: () => Promise<Part>): Promise<Part> {
    let refusals = 0;
    for (let wait = firstRetryMilliseconds; ; wait = Math.min(wait * 2, longestRetryMilliseconds)) {
        try {
            return await load();
        } catch (error) {
            if (await isReachable()) refusals += 1;
            if (refusals === 2) throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
    }
}

async function isReachable(): Promise<boolean> {
    try {
        await fetch("/", { method: "HEAD", cache: "no-store" });
        return true;
    } catch {
        return false;
    }
}
