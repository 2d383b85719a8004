import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../../api/client";

interface Poll<Value> {
    value: Value | undefined;
    /** The last call's failure; the last value stays beside it. */
    failure: ApiError | undefined;
    refresh: () => Promise<void>;
}

/**
 * Asks the server again and again while the page is in sight, never twice at once. Without `milliseconds` it asks once.
 * `subject` says what is asked for: another one begins anew.
 */
export function usePoll<Value>(load: () => Promise<Value>, subject: string, milliseconds?: number): Poll<Value> {
    const [state, setState] = useState<{ subject: string; value?: Value; failure?: ApiError }>({ subject });
    const latest = useRef({ load, subject });
    latest.current = { load, subject };

    const refresh = useCallback(async () => {
        const asked = latest.current;
        const settle = (change: { value?: Value; failure?: ApiError }) => {
            if (latest.current.subject !== asked.subject) return;
            setState((before) => ({
                ...(before.subject === asked.subject ? before : {}),
                failure: undefined,
                subject: asked.subject,
                ...change,
            }));
        };
        try {
            settle({ value: await asked.load() });
        } catch (failure) {
            if (!(failure instanceof ApiError)) throw failure;
            settle({ failure });
        }
    }, []);

    useEffect(() => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        let isGone = false;
        const run = async () => {
            if (document.visibilityState === "visible") await refresh();
            if (!isGone && milliseconds !== undefined) timer = setTimeout(() => void run(), milliseconds);
        };
        void run();
        return () => {
            isGone = true;
            clearTimeout(timer);
        };
    }, [subject, milliseconds, refresh]);

    const isCurrent = state.subject === subject;
    return { value: isCurrent ? state.value : undefined, failure: isCurrent ? state.failure : undefined, refresh };
}
