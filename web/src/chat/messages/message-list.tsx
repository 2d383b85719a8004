import { Fragment, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { Message } from "../../api/types";
import { useStore } from "../../app/store";
import { Button } from "../../parts/button";
import { Icon } from "../../parts/icon";
import { useTexts, wordsFor } from "../../text/texts";
import { sendAgain, showVersion, takeBack } from "../state/actions";
import type { Conversation, Pending } from "../state/conversation";
import { isFinal } from "../state/merge";
import { wanted } from "../state/wanted";
import { branch, siblingsOf } from "../state/tree";
import { Answer } from "./answer";
import { Question } from "./question";
import { useWindow } from "./use-window";
import { WaitingBar } from "./waiting-bar";

/** The messages of the open branch, and the question that is on its way. */
export function openPath({ messages, chat, pending }: Conversation): Message[] {
    if (pending === undefined) return branch(messages, chat?.leaf);
    const { id, content, parent } = pending.question;
    const before = parent === undefined ? [] : branch(messages, parent);
    const question: Message = {
        id, content, chat: chat?.id ?? "", role: "user", created: 0, state: "done", ...(parent ? { parent } : {}),
    };
    const answer = [...messages.values()].find((message) => message.parent === id);
    return answer === undefined ? [...before, question] : [...before, question, answer];
}

export function MessageList({ open, path }: { open: Conversation; path: Message[] }) {
    const texts = useTexts().chat;
    const scroller = useRef<HTMLDivElement>(null);
    const content = useRef<HTMLDivElement>(null);
    const versions = useMemo(() => siblingsOf(open.messages), [open.messages]);
    const { start, end, isAway, toEnd, show } = useWindow(scroller, content, path.length);
    useWantedMessage(open, path, show);

    // Whoever sends wants to see what comes, wherever they were.
    const pendingID = open.pending?.question.id;
    useLayoutEffect(() => {
        if (pendingID !== undefined) toEnd();
    }, [pendingID]);

    const last = path[path.length - 1];
    const isBusy = open.pending !== undefined || (last !== undefined && !isFinal(last));
    const cut = contextStart(path);
    return (
        <div className="messages-frame">
            <div
                ref={scroller}
                className="messages-scroller"
                tabIndex={0}
                role="log"
                aria-live="off"
                aria-label={texts.conversation}
            >
                <div ref={content} className="messages">
                    {path.slice(start, end).map((message, index) => (
                        <Fragment key={message.id}>
                            {message.id === cut && start + index > 0 && (
                                <p className="context-cut"><span>{texts.contextCut}</span></p>
                            )}
                            {message.role === "user"
                                ? (
                                    <Question
                                        message={message}
                                        versions={versions(message).join(" ")}
                                        isFixed={isBusy}
                                    />
                                )
                                : (
                                    <Answer
                                        message={message}
                                        model={open.chat?.model ?? ""}
                                        versions={versions(message).join(" ")}
                                        isLast={message === last}
                                        waiting={open.waiting.get(message.id)}
                                    />
                                )}
                        </Fragment>
                    ))}
                    {open.pending !== undefined && end === path.length && last?.role === "user" && (
                        <OnItsWay pending={open.pending} model={open.chat?.model ?? ""} />
                    )}
                </div>
            </div>
            {isAway && (
                <button
                    type="button"
                    className="to-latest"
                    aria-label={texts.toLatest}
                    title={texts.toLatest}
                    onClick={toEnd}
                >
                    <Icon name="toBottom" />
                </button>
            )}
        </div>
    );
}

/** Where the last answer's context began; earlier answers had another, which no longer matters. */
function contextStart(path: Message[]): string | undefined {
    for (let index = path.length - 1; index >= 0; index--) {
        const message = path[index];
        if (message?.role === "assistant" && message.state !== "waiting") return message.contextStart ?? undefined;
    }
    return undefined;
}

function OnItsWay({ pending, model }: { pending: Pending; model: string }) {
    const texts = useTexts();
    const { error, isOffline } = pending;
    if (error === undefined) {
        return (
            <div className="answer">
                {isOffline
                    ? (
                        <p className="offline-note" role="status">
                            <Icon name="warning" size={18} />{texts.chat.offline}
                        </p>
                    )
                    : <WaitingBar model={model} isSending />}
            </div>
        );
    }
    return (
        <div className="message-error" role="alert">
            <Icon name="warning" />
            <div>
                <strong>{texts.chat.sendFailed}</strong>
                <p>{wordsFor(error)}</p>
            </div>
            <Button onClick={takeBack}>{texts.chat.takeBack}</Button>
            <Button onClick={sendAgain}>{texts.common.tryAgain}</Button>
        </div>
    );
}

/** Goes to the message that a search has found, on whatever branch it stands. */
function useWantedMessage(open: Conversation, path: Message[], show: (index: number) => void) {
    const want = useStore(wanted);
    useEffect(() => {
        if (want === undefined || want.chat !== open.id || open.state !== "ready") return;
        const index = path.findIndex(({ id }) => id === want.message);
        if (index >= 0) {
            show(index);
            wanted.set(undefined);
        } else if (open.messages.has(want.message)) {
            showVersion(want.message);
        } else {
            wanted.set(undefined);
        }
    }, [want, open, path, show]);
}
