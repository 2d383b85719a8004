import type { RefObject } from "react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** How many messages stand in the document at first, how many come with each step, and how many at most. */
const firstCount = 10;
const stepCount = 16;
const mostCount = 56;
/** The next step is made before its messages come into sight. */
const marginPixels = 1_000;
/** So near to the end counts as being there. */
const endPixels = 48;

export interface ListWindow {
    start: number;
    end: number;
    /** Whether the reader is away from the newest message. */
    isAway: boolean;
    toEnd: () => void;
    show: (index: number) => void;
}

/** Where the end is "newest", messages that come are shown at once. */
interface Range {
    start: number;
    end: number | "newest";
}

/**
 * Keeps a bounded number of messages in the document, and the reader's place: at the end while they stay there, else at
 * the message that they look at.
 */
export function useWindow(
    scroller: RefObject<HTMLElement>,
    content: RefObject<HTMLElement>,
    count: number,
): ListWindow {
    const [range, setRange] = useState<Range>({ start: Math.max(0, count - firstCount), end: "newest" });
    const [isAway, setAway] = useState(false);
    const isPinned = useRef(true);
    const lastTop = useRef(0);
    const anchor = useRef<{ element: Element; top: number }>();
    const target = useRef<number>();

    const end = range.end === "newest" ? count : Math.min(range.end, count);
    const most = isPinned.current ? mostCount : count;
    const start = Math.max(end - most, Math.min(range.start, Math.max(0, end - 1)));

    const move = (next: { start: number; end: number }) => {
        const frame = scroller.current;
        const top = frame?.getBoundingClientRect().top ?? 0;
        const children = [...(content.current?.children ?? [])];
        const first = children.find((child) => child.getBoundingClientRect().bottom > top);
        anchor.current = first && { element: first, top: first.getBoundingClientRect().top };
        setRange({ start: next.start, end: next.end >= count ? "newest" : next.end });
    };

    const toEnd = useCallback(() => {
        isPinned.current = true;
        setAway(false);
        setRange({ start: Math.max(0, count - firstCount), end: "newest" });
        requestAnimationFrame(() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight }));
    }, [count]);

    const show = useCallback((index: number) => {
        isPinned.current = false;
        target.current = index;
        const last = index + stepCount;
        setRange({ start: Math.max(0, index - stepCount), end: last >= count ? "newest" : last });
    }, [count]);

    useLayoutEffect(() => {
        const frame = scroller.current;
        if (frame === null) return;
        if (target.current !== undefined) {
            const child = content.current?.querySelectorAll("[data-message]")[target.current - start];
            target.current = undefined;
            child?.scrollIntoView({ block: "center" });
        } else if (isPinned.current) {
            frame.scrollTop = frame.scrollHeight;
        } else if (anchor.current?.element.isConnected) {
            frame.scrollTop += anchor.current.element.getBoundingClientRect().top - anchor.current.top;
        }
        anchor.current = undefined;
        lastTop.current = frame.scrollTop;
    }, [start, end]);

    useEffect(() => {
        const frame = scroller.current;
        const inner = content.current;
        if (frame === null || inner === null) return undefined;
        const follow = () => {
            const below = frame.scrollHeight - frame.clientHeight - frame.scrollTop;
            if (frame.scrollTop < lastTop.current - 1 && below > endPixels) isPinned.current = false;
            if (below <= endPixels && end === count) isPinned.current = true;
            lastTop.current = frame.scrollTop;
            setAway(!isPinned.current && (below > 240 || end < count));
            if (frame.scrollTop < marginPixels && start > 0) {
                const next = Math.max(0, start - stepCount);
                move({ start: next, end: Math.min(end, next + mostCount) });
            } else if (below < marginPixels && end < count) {
                const next = Math.min(count, end + stepCount);
                move({ start: Math.max(start, next - mostCount), end: next });
            }
        };
        const grow = new ResizeObserver(() => {
            if (isPinned.current) frame.scrollTop = frame.scrollHeight;
            lastTop.current = frame.scrollTop;
        });
        grow.observe(inner);
        grow.observe(frame);
        frame.addEventListener("scroll", follow, { passive: true });
        return () => {
            grow.disconnect();
            frame.removeEventListener("scroll", follow);
        };
    }, [start, end, count]);

    return { start, end, isAway, toEnd, show };
}
