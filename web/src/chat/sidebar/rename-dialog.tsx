import type { FormEvent } from "react";
import { useState } from "react";
import type { Chat } from "../../api/types";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { useTexts } from "../../text/texts";
import { changeChat } from "../state/chat-list";

export function RenameDialog({ chat, onClose }: { chat: Chat; onClose: () => void }) {
    const texts = useTexts();
    const [title, setTitle] = useState(chat.title);
    const save = (event: FormEvent) => {
        event.preventDefault();
        onClose();
        if (title.trim() !== "" && title.trim() !== chat.title) void changeChat(chat, { title: title.trim() });
    };
    return (
        <Dialog title={texts.chat.renameChat} onClose={onClose}>
            <form className="rename" onSubmit={save}>
                <Field label={texts.chat.title} value={title} onChange={setTitle} maxLength={200} autoFocus />
                <div className="dialog-actions">
                    <Button onClick={onClose}>{texts.common.cancel}</Button>
                    <Button kind="primary" type="submit" disabled={title.trim() === ""}>{texts.common.save}</Button>
                </div>
            </form>
        </Dialog>
    );
}
