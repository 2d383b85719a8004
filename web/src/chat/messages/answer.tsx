import { memo, useRef, useState } from "react";
import type { Message } from "../../api/types";
import { Button, IconButton } from "../../parts/button";
import { copyText } from "../../parts/clipboard";
import { CopyButton } from "../../parts/copy-button";
import { Icon } from "../../parts/icon";
import { withoutThought } from "../../rendering/blocks";
import { Markdown } from "../../rendering/markdown";
import { useTexts, wordsFor } from "../../text/texts";
import { goOn, regenerate } from "../state/actions";
import type { Waiting } from "../state/conversation";
import { isFinal } from "../state/merge";
import { canReadAloud, readAloud, stopReading, useReading } from "./read-aloud";
import { VersionArrows } from "./version-arrows";
import { WaitingBar } from "./waiting-bar";

interface AnswerProps {
    message: Message;
    model: string;
    /** Ids of all versions, joined by blanks, so that the same versions are the same value. */
    versions: string;
    isLast: boolean;
    waiting: Waiting | undefined;
}

export const Answer = memo(function Answer({ message, model, versions, isLast, waiting }: AnswerProps) {
    const body = useRef<HTMLDivElement>(null);
    const { thinking, isThinking, answer } = withoutThought(message.content);
    const isOpen = !isFinal(message);
    const author = message.model ?? model;
    return (
        <article className={isLast ? "answer last" : "answer"} data-message={message.id} aria-label={author}>
            {thinking.trim() !== "" && <Thought text={thinking} isOpen={isOpen && isThinking} />}
            <div ref={body}>{answer !== "" && <Markdown text={answer} isOpen={isOpen} />}</div>
            {isOpen && message.content === "" && <WaitingBar model={author} waiting={waiting} />}
            {isOpen && message.content !== "" && message.state === "waiting" && (
                <WaitingBar model={author} waiting={waiting} />
            )}
            {message.state === "failed" && <Failed message={message} />}
            <div className="message-row">
                {isOpen
                    ? message.content !== "" && <span className="writing" aria-hidden="true" />
                    : <Actions message={message} text={answer} versions={versions} isLast={isLast} body={body} />}
            </div>
        </article>
    );
});

function Thought({ text, isOpen }: { text: string; isOpen: boolean }) {
    const texts = useTexts().chat;
    const [isShown, setShown] = useState(false);
    return (
        <details className="thought" open={isShown} onToggle={(event) => setShown(event.currentTarget.open)}>
            <summary className={isOpen ? "shimmer" : ""}>{isOpen ? texts.thinking : texts.thought}</summary>
            {isShown && <Markdown text={text} isOpen={isOpen} />}
        </details>
    );
}

function Failed({ message }: { message: Message }) {
    const texts = useTexts();
    const again = message.content === "" ? regenerate : goOn;
    return (
        <div className="message-error" role="alert">
            <Icon name="warning" />
            <div>
                <strong>{texts.chat.failedTitle}</strong>
                {message.error && <p>{wordsFor(message.error)}</p>}
            </div>
            <Button onClick={() => void again(message)}>
                {message.content === "" ? texts.common.tryAgain : texts.chat.goOn}
            </Button>
        </div>
    );
}

interface ActionsProps {
    message: Message;
    text: string;
    versions: string;
    isLast: boolean;
    body: React.RefObject<HTMLDivElement>;
}

function Actions({ message, text, versions, isLast, body }: ActionsProps) {
    const texts = useTexts().chat;
    const isReading = useReading() === message.id;
    const isCut = message.state === "done" && message.finishReason === "length";
    // Only the branch's end can go on: what stands below an earlier answer was said after it.
    const canGoOn = isLast && (isCut || message.state === "stopped" || message.state === "failed");
    const read = () => {
        if (isReading) stopReading();
        else readAloud(message.id, spokenText(body.current));
    };
    // The button goes away with the answer's end; the focus stays with the conversation.
    const follow = (action: (message: Message) => Promise<void>) => {
        void action(message);
        document.querySelector<HTMLElement>(".messages-scroller")?.focus();
    };
    return (
        <>
            <VersionArrows message={message.id} versions={versions} />
            <CopyButton label={texts.copy} copy={() => copyText(text)} />
            {canReadAloud && (
                <IconButton
                    icon={isReading ? "stop" : "speaker"}
                    size={18}
                    label={isReading ? texts.stopReading : texts.readAloud}
                    aria-pressed={isReading}
                    onClick={read}
                />
            )}
            <IconButton icon="again" size={18} label={texts.regenerate} onClick={() => follow(regenerate)} />
            {canGoOn && <IconButton icon="forward" size={18} label={texts.goOn} onClick={() => follow(goOn)} />}
            {isCut && <span className="message-note">{texts.wasCut}</span>}
            {message.state === "stopped" && <span className="message-note">{texts.wasStopped}</span>}
            <Statistics message={message} />
        </>
    );
}

/** What is shown, without the code: nobody wants to hear that. */
function spokenText(body: HTMLElement | null): string {
    if (body === null) return "";
    const copy = body.cloneNode(true) as HTMLElement;
    copy.querySelectorAll(".code-block, .katex-html, button, [role=status]").forEach((element) => element.remove());
    return copy.textContent ?? "";
}

function Statistics({ message }: { message: Message }) {
    const texts = useTexts().chat;
    const { usage, timing } = message;
    if (!usage || !timing || timing.total <= timing.firstToken) return null;
    const perSecond = (Math.max(0, usage.completion - 1) * 1000) / (timing.total - timing.firstToken);
    if (usage.completion < 2) return null;
    return (
        <span className="message-note statistics">
            {texts.statistics(usage.completion, perSecond < 10 ? perSecond.toFixed(1) : perSecond.toFixed(0))}
        </span>
    );
}
