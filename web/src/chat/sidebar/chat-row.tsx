import { memo, useState } from "react";
import { chats as api } from "../../api/chats";
import type { Chat } from "../../api/types";
import { Link } from "../../app/router";
import { attempt } from "../../pages/attempt";
import { Icon } from "../../parts/icon";
import { Menu } from "../../parts/menu";
import { toast } from "../../parts/toasts";
import { useTexts } from "../../text/texts";
import { removeChat, restoreChat } from "../state/actions";
import { changeChat } from "../state/chat-list";
import { RenameDialog } from "./rename-dialog";

interface ChatRowProps {
    chat: Chat;
    isOpen: boolean;
    onFollow: () => void;
    onRemoved: () => void;
}

export const ChatRow = memo(
    function ChatRow({ chat, isOpen, onFollow, onRemoved }: ChatRowProps) {
        const texts = useTexts();
        const [isRenaming, setRenaming] = useState(false);
        const title = chat.title.trim() || texts.chat.untitled;

        const remove = async () => {
            if (!(await removeChat(chat))) return;
            onRemoved();
            toast(texts.chat.deleted(title), { label: texts.common.undo, run: () => void restoreChat(chat.id) });
        };
        const suggest = async () => {
            if (!(await attempt(() => api.askForTitle(chat.id)))) return;
            toast(texts.chat.suggesting, {
                label: texts.chat.stopSuggesting,
                run: () => void attempt(() => api.stopTitle(chat.id)),
            });
        };
        return (
            <li className={isOpen ? "chat-row open" : "chat-row"}>
                <Link to={`/c/${chat.id}`} onClick={onFollow} aria-current={isOpen ? "page" : undefined} title={title}>
                    <span className="chat-title">{title}</span>
                    {chat.running && (
                        <span className="running-dot">
                            <span className="visually-hidden">{texts.chat.running}</span>
                        </span>
                    )}
                </Link>
                <Menu
                    label={texts.chat.optionsOf(title)}
                    button={<Icon name="more" size={18} />}
                    items={[
                        {
                            label: chat.pinned ? texts.chat.unpin : texts.chat.pin,
                            icon: "pin",
                            onChoose: () => void changeChat(chat, { pinned: !chat.pinned }),
                        },
                        { label: texts.chat.rename, icon: "edit", onChoose: () => setRenaming(true) },
                        { label: texts.chat.suggestTitle, icon: "again", onChoose: () => void suggest() },
                        { label: texts.common.delete, icon: "trash", isDangerous: true, onChoose: () => void remove() },
                    ]}
                />
                {isRenaming && <RenameDialog chat={chat} onClose={() => setRenaming(false)} />}
            </li>
        );
    },
    // The functions are made anew with each drawing and do the same.
    (before, now) => before.chat === now.chat && before.isOpen === now.isOpen,
);
