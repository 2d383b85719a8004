import type { ReactNode } from "react";
import type { Message } from "../api/types";
import { navigate } from "../app/router";
import { Button } from "../parts/button";
import { useTexts } from "../text/texts";
import { MessageList } from "./messages/message-list";
import type { Conversation } from "./state/conversation";
import { loadOpen } from "./state/conversation";

interface ChatBodyProps {
    open: Conversation | undefined;
    path: Message[];
    composer: ReactNode;
}

/** The open chat with its composer, or why it cannot be shown. */
export function ChatBody({ open, path, composer }: ChatBodyProps) {
    const texts = useTexts();
    if (open?.state === "missing") {
        return (
            <Problem
                title={texts.chat.gone}
                text={texts.chat.goneText}
                action={texts.chat.newChat}
                onAction={() => navigate("/")}
            />
        );
    }
    if (open?.state === "failed") {
        return (
            <Problem
                title={texts.chat.loadFailed}
                text={texts.chat.loadFailedText}
                action={texts.common.tryAgain}
                onAction={() => void loadOpen(open.id)}
            />
        );
    }
    return (
        <>
            {open === undefined || open.state === "loading"
                ? <MessagesSkeleton />
                : <MessageList key={open.id} open={open} path={path} />}
            <div className="composer-dock">{composer}</div>
        </>
    );
}

function MessagesSkeleton() {
    return (
        <div className="messages-frame">
            <div className="messages skeleton late" aria-hidden="true">
                {[38, 92, 84, 60].map((width) => <span key={width} style={{ width: `${width}%` }} />)}
            </div>
        </div>
    );
}

interface ProblemProps {
    title: string;
    text: string;
    action: string;
    onAction: () => void;
}

function Problem({ title, text, action, onAction }: ProblemProps) {
    return (
        <div className="gate">
            <div className="gate-message">
                <h2>{title}</h2>
                <p>{text}</p>
                <Button kind="primary" onClick={onAction}>{action}</Button>
            </div>
        </div>
    );
}
