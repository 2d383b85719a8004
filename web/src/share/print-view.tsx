import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { chats } from "../api/chats";
import { useLanguage } from "../app/preferences";
import { attempt } from "../pages/attempt";
import { moment } from "../pages/times";
import { useTexts } from "../text/texts";
import type { Turn } from "./transcript";
import { openBranch } from "./open-branch";
import { Transcript } from "./transcript";
import { whenSettled } from "./when-settled";

interface Document {
    title: string;
    model: string;
    created: number;
    turns: Turn[];
}

/** Lays the whole open branch out beside the page, prints it, and goes away. The screen shows nothing of it. */
export default function PrintView({ chat, onDone }: { chat: string; onDone: () => void }) {
    const { share } = useTexts();
    const language = useLanguage();
    const [content, setContent] = useState<Document>();
    const view = useRef<HTMLDivElement>(null);

    useEffect(() => {
        void attempt(async () => {
            const { chat: head, messages } = await chats.get(chat);
            const turns = openBranch(messages, head.leaf ?? undefined);
            setContent({ title: head.title, model: head.model, created: head.created, turns });
        }).then((isLoaded) => {
            if (!isLoaded) onDone();
        });
    }, [chat]);

    useEffect(() => {
        const element = view.current;
        if (content === undefined || element === null) return;
        const title = document.title;
        const stop = new AbortController();
        void whenSettled(element, stop.signal).then(() => {
            if (stop.signal.aborted) return;
            document.title = content.title;
            document.body.classList.add("printing");
            addEventListener("afterprint", onDone, { once: true, signal: stop.signal });
            print();
        });
        return () => {
            stop.abort();
            document.title = title;
            document.body.classList.remove("printing");
        };
    }, [content]);

    return createPortal(
        <>
            <p className="visually-hidden" role="status">{share.preparing}</p>
            {content !== undefined && (
                <div ref={view} className="print-view">
                    <header>
                        <h1>{content.title}</h1>
                        <p>{share.printed(content.model, moment(content.created, language))}</p>
                    </header>
                    <Transcript turns={content.turns} />
                </div>
            )}
        </>,
        document.body,
    );
}
