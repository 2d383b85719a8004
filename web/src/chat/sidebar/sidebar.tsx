import { useStore } from "../../app/store";
import { Link, navigate } from "../../app/router";
import { useLanguage } from "../../app/preferences";
import { Button, IconButton } from "../../parts/button";
import { Icon, Logo } from "../../parts/icon";
import type { Texts } from "../../text/en";
import { useTexts } from "../../text/texts";
import { chatList, loadChats, loadMoreChats } from "../state/chat-list";
import type { Day } from "../state/days";
import { byDay } from "../state/days";
import { AccountMenu } from "./account-menu";
import { ChatRow } from "./chat-row";

interface SidebarProps {
    open: string | undefined;
    onSearch: () => void;
    /** Hides it; on a phone that is what following a link does too. */
    onHide: () => void;
    onFollow: () => void;
}

/** All chats by day, and the ways to everything else. */
export function Sidebar({ open, onSearch, onHide, onFollow }: SidebarProps) {
    const texts = useTexts();
    const language = useLanguage();
    const list = useStore(chatList);
    const groups = byDay(list.chats.values(), new Date());
    return (
        <nav className="sidebar" aria-label={texts.chat.chats}>
            <div className="sidebar-head">
                <Link to="/" className="brand" onClick={onFollow}><Logo size={26} />Pronk</Link>
                <IconButton icon="panel" label={texts.chat.closeSidebar} onClick={onHide} />
            </div>
            <div className="sidebar-actions">
                <Link to="/" className="sidebar-action" onClick={onFollow}>
                    <Icon name="plus" size={18} />{texts.chat.newChat}
                </Link>
                <button type="button" className="sidebar-action" onClick={onSearch}>
                    <Icon name="search" size={18} />{texts.chat.search}
                    <kbd aria-hidden="true">{/Mac|iP/.test(navigator.platform) ? "⌘K" : "Ctrl K"}</kbd>
                </button>
            </div>
            <div className="sidebar-list">
                {list.state === "loading" && <Skeleton />}
                {list.state === "failed" && (
                    <div className="sidebar-note">
                        <p>{texts.chat.chatsFailed}</p>
                        <Button onClick={() => void loadChats()}>{texts.common.tryAgain}</Button>
                    </div>
                )}
                {list.state === "ready" && groups.length === 0 && <p className="sidebar-note">{texts.chat.noChats}</p>}
                {groups.map(({ day, chats }) => {
                    const name = dayName(day, texts.chat, language);
                    return (
                        <section key={name} aria-label={name}>
                            <h2>{name}</h2>
                            <ul>
                                {chats.map((chat) => (
                                    <ChatRow
                                        key={chat.id}
                                        chat={chat}
                                        isOpen={chat.id === open}
                                        onFollow={onFollow}
                                        onRemoved={() => {
                                            if (chat.id === open) navigate("/");
                                        }}
                                    />
                                ))}
                            </ul>
                        </section>
                    );
                })}
                {list.next !== undefined && (
                    <button
                        type="button"
                        className="sidebar-more"
                        disabled={list.isLoadingMore}
                        onClick={() => void loadMoreChats()}
                    >
                        {list.isLoadingMore ? texts.common.loading : texts.chat.loadMore}
                    </button>
                )}
            </div>
            <AccountMenu />
        </nav>
    );
}

function Skeleton() {
    return (
        <div className="skeleton" aria-hidden="true">
            {[72, 88, 54, 80, 64].map((width) => <span key={width} style={{ width: `${width}%` }} />)}
        </div>
    );
}

function dayName(day: Day, texts: Texts["chat"], language: string): string {
    if (typeof day === "string") return texts[day];
    return new Intl.DateTimeFormat(language, { year: "numeric", month: "long" }).format(new Date(day.year, day.month));
}
