import { useEffect, useState } from "react";
import { usePreferences } from "../app/preferences";
import { navigate } from "../app/router";
import { useAccount } from "../app/session";
import { useStore } from "../app/store";
import { useTexts } from "../text/texts";
import { ChatBody } from "./chat-body";
import { ChatHead } from "./chat-head";
import { Composer } from "./composer/composer";
import { ControlsDrawer } from "./controls/controls-drawer";
import { openPath } from "./messages/message-list";
import { stopReading } from "./messages/read-aloud";
import { SearchDialog } from "./search/search-dialog";
import { Sidebar } from "./sidebar/sidebar";
import { ask, changeOpen, startChat } from "./state/actions";
import { forgetChats, loadChats } from "./state/chat-list";
import { conversation, openChat } from "./state/conversation";
import { dropDraftsOfOthers, setDraft } from "./state/drafts";
import { followServer, isConnected, lastFinished } from "./state/live";
import { isFinal } from "./state/merge";
import { firstModel, loadModels, modelsStore } from "./state/models";
import { newChat } from "./state/new-chat";
import { useShortcuts } from "./use-shortcuts";
import { useSidebar } from "./use-sidebar";
import { Welcome } from "./welcome";

/** The chat page: the list of chats, the open one or the empty page, the composer, and what opens over them. */
export function ChatPage({ chat: id }: { chat?: string | undefined }) {
    const texts = useTexts().chat;
    const [isSearching, setSearching] = useState(false);
    const [hasControls, setControls] = useState(false);
    const sidebar = useSidebar();
    useServer();
    useEffect(() => {
        openChat(id);
        return stopReading;
    }, [id]);

    const open = useStore(conversation);
    const shown = open?.id === id ? open : undefined;
    const path = shown === undefined ? [] : openPath(shown);
    const last = path[path.length - 1];
    const running = last !== undefined && last.role === "assistant" && !isFinal(last) ? last : undefined;

    const { models } = useStore(modelsStore);
    const preferences = usePreferences();
    const fresh = useStore(newChat);
    const choice = id === undefined ? fresh.model ?? preferences.defaultModel : shown?.chat?.model;
    const model = choice && (id !== undefined || models.some((known) => known.id === choice))
        ? choice
        : firstModel(models, preferences.defaultModel)?.id ?? "";
    const known = models.find((one) => one.id === model);
    const settings = id === undefined ? fresh.settings : shown?.chat?.settings ?? {};

    const begin = () => {
        newChat.set({ settings: {} });
        sidebar.hideOnPhone();
        navigate("/");
    };
    useShortcuts({ onSearch: () => setSearching(true), onNewChat: begin });
    useTitle(shown?.chat?.title ?? (id === undefined ? texts.newChat : undefined));

    const send = (text: string) => {
        if (id !== undefined) return ask(text, last?.id);
        startChat(text, model, settings);
        newChat.set({ settings: {} });
    };
    const composer = (
        <Composer
            chat={id}
            model={model}
            isReady={model !== "" && (id === undefined || shown?.state === "ready")}
            onModel={(chosen) => {
                if (id === undefined) newChat.update((now) => ({ ...now, model: chosen }));
                else changeOpen({ model: chosen });
            }}
            onSend={send}
            running={running}
            isSending={shown?.pending !== undefined}
        />
    );
    return (
        <div className={sidebar.isOpen ? "chat-page with-sidebar" : "chat-page"}>
            {sidebar.isOpen && (
                <>
                    <div className="sidebar-backdrop" onClick={sidebar.hide} />
                    <Sidebar
                        open={id}
                        onSearch={() => {
                            sidebar.hideOnPhone();
                            setSearching(true);
                        }}
                        onHide={sidebar.hide}
                        onFollow={sidebar.hideOnPhone}
                    />
                </>
            )}
            <main className="chat-main">
                <ChatHead
                    chat={shown?.chat}
                    path={path}
                    contextLength={known?.contextLength}
                    isSidebarOpen={sidebar.isOpen}
                    hasSettings={Object.keys(settings).length > 0}
                    onSidebar={sidebar.show}
                    onNewChat={begin}
                    onControls={() => setControls(true)}
                />
                <Reconnecting />
                {id === undefined
                    ? <Welcome composer={composer} onStarter={(text) => setDraft(undefined, text)} />
                    : <ChatBody open={shown} path={path} composer={composer} />}
            </main>
            <Announcements />
            {isSearching && <SearchDialog onClose={() => setSearching(false)} />}
            {hasControls && (
                <ControlsDrawer
                    key={id}
                    settings={settings}
                    contextLength={known?.contextLength}
                    onChange={(changed) => {
                        if (id === undefined) newChat.update((now) => ({ ...now, settings: changed }));
                        else changeOpen({ settings: changed });
                    }}
                    onClose={() => setControls(false)}
                />
            )}
        </div>
    );
}

/** Everything that comes from the server, for as long as this page is shown to this account. */
function useServer() {
    const account = useAccount().id;
    useEffect(() => {
        dropDraftsOfOthers(account);
        void loadModels();
        void loadChats();
        const stopFollowing = followServer();
        return () => {
            stopFollowing();
            forgetChats();
            conversation.set(undefined);
            newChat.set({ settings: {} });
        };
    }, [account]);
}

function useTitle(title: string | undefined) {
    useEffect(() => {
        document.title = title ? `${title} · Pronk` : "Pronk";
    }, [title]);
}

/** Short breaks are not worth a word: the stream is back before anybody has read it. */
const patienceMilliseconds = 1_500;

function Reconnecting() {
    const texts = useTexts().chat;
    const isOpen = useStore(isConnected);
    const [isShown, setShown] = useState(false);
    useEffect(() => {
        if (isOpen) return setShown(false);
        const timer = setTimeout(() => setShown(true), patienceMilliseconds);
        return () => clearTimeout(timer);
    }, [isOpen]);
    return <div role="status">{isShown && <p className="reconnecting">{texts.reconnecting}</p>}</div>;
}

/** So much of a finished answer is read out to those who listen to the page. */
const announcedLength = 400;

function Announcements() {
    const texts = useTexts().chat;
    const message = useStore(lastFinished);
    return (
        <div className="visually-hidden" aria-live="polite">
            {message !== undefined && texts.finished(message.content.slice(0, announcedLength))}
        </div>
    );
}
