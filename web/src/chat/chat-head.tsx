import { Suspense, useState } from "react";
import type { Chat, Message } from "../api/types";
import { lazily } from "../app/lazily";
import { Button, IconButton } from "../parts/button";
import { Icon } from "../parts/icon";
import { useTexts } from "../text/texts";
import { ContextMeter } from "./context-meter";

// Sharing and exporting come when a chat is open, and not with the first page.
const others = () => import("../pages");
const ShareDialog = lazily(others, (part) => part.ShareDialog);
const ExportMenu = lazily(others, (part) => part.ExportMenu);

interface ChatHeadProps {
    chat: Chat | undefined;
    path: Message[];
    contextLength: number | undefined;
    isSidebarOpen: boolean;
    hasSettings: boolean;
    onSidebar: () => void;
    onNewChat: () => void;
    onControls: () => void;
}

export function ChatHead(props: ChatHeadProps) {
    const { chat, path, contextLength, isSidebarOpen, hasSettings, onSidebar, onNewChat, onControls } = props;
    const texts = useTexts().chat;
    const [isSharing, setSharing] = useState(false);
    const isOnServer = chat !== undefined && chat.leaf !== undefined;
    return (
        <header className="chat-head">
            {!isSidebarOpen && (
                <>
                    <IconButton icon="panel" label={texts.openSidebar} onClick={onSidebar} />
                    <IconButton icon="plus" label={texts.newChat} onClick={onNewChat} />
                </>
            )}
            <h1 className="chat-heading" title={chat?.title}>{chat?.title}</h1>
            <ContextMeter path={path} contextLength={contextLength} />
            {isOnServer && (
                <Suspense fallback={null}>
                    <Button
                        className="button plain share-button"
                        aria-label={texts.share}
                        onClick={() => setSharing(true)}
                    >
                        <Icon name="share" size={18} /><span className="share-word">{texts.share}</span>
                    </Button>
                    <ExportMenu chat={chat} />
                    {isSharing && <ShareDialog chat={chat} onClose={() => setSharing(false)} />}
                </Suspense>
            )}
            <IconButton
                icon="sliders"
                label={texts.controls}
                className={hasSettings ? "marked" : ""}
                onClick={onControls}
            />
        </header>
    );
}
