import type { FormEvent, RefObject } from "react";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import { useSession } from "../../app/session";
import { useTexts, wordsFor } from "../../text/texts";
import type { Problem } from "./problem";
import { problemOf } from "./problem";

interface FormState {
    form: RefObject<HTMLFormElement>;
    isBusy: boolean;
    problem: Problem | undefined;
    /** Seconds until another try makes sense. */
    wait: number;
    /** Runs the action; what it throws, or the problem that it answers, is shown. */
    submit: (event: FormEvent) => void;
    clear: () => void;
}

/** A form that calls the server: busy meanwhile, its problem in words, the faulty field focused. */
export function useForm(action: () => Promise<Problem | void>): FormState {
    const texts = useTexts();
    const { passwordMinimum } = useSession();
    const form = useRef<HTMLFormElement>(null);
    const [isBusy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const [wait, setWait] = useState(0);

    useEffect(() => {
        if (problem !== undefined) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }, [problem]);

    useEffect(() => {
        if (wait <= 0) return;
        const timer = setTimeout(() => {
            setWait(wait - 1);
            if (wait === 1) setProblem(undefined);
        }, 1000);
        return () => clearTimeout(timer);
    }, [wait]);

    const run = async () => {
        setBusy(true);
        setProblem(undefined);
        try {
            setProblem((await action()) ?? undefined);
        } catch (failure) {
            if (!(failure instanceof ApiError)) throw failure;
            const found = problemOf(failure, texts.problems, passwordMinimum, wordsFor);
            setProblem(found);
            setWait(found.wait ?? 0);
        } finally {
            setBusy(false);
        }
    };
    return {
        form, isBusy, problem, wait,
        submit: (event) => {
            event.preventDefault();
            if (!isBusy && wait === 0) void run();
        },
        clear: () => setProblem(undefined),
    };
}
