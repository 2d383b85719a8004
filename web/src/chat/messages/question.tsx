import type { KeyboardEvent } from "react";
import { memo, useEffect, useRef, useState } from "react";
import type { Message } from "../../api/types";
import { Button, IconButton } from "../../parts/button";
import { copyText } from "../../parts/clipboard";
import { CopyButton } from "../../parts/copy-button";
import { useTexts } from "../../text/texts";
import { isSendKey } from "../composer/keys";
import { ask } from "../state/actions";
import { VersionArrows } from "./version-arrows";

interface QuestionProps {
    message: Message;
    versions: string;
    /** It is still on its way, or another one is: it cannot be edited now. */
    isFixed: boolean;
}

export const Question = memo(function Question({ message, versions, isFixed }: QuestionProps) {
    const texts = useTexts().chat;
    const [isEditing, setEditing] = useState(false);
    const edit = useRef<HTMLButtonElement>(null);
    const close = () => {
        setEditing(false);
        requestAnimationFrame(() => edit.current?.focus());
    };
    return (
        <article className="question" data-message={message.id} aria-label={texts.you}>
            {isEditing
                ? <Editor message={message} onClose={close} />
                : <div className="question-pill" dir="auto">{message.content}</div>}
            {!isEditing && (
                <div className="message-row">
                    <VersionArrows message={message.id} versions={versions} />
                    <CopyButton label={texts.copy} copy={() => copyText(message.content)} />
                    <IconButton
                        ref={edit}
                        icon="edit"
                        size={18}
                        label={texts.edit}
                        disabled={isFixed}
                        onClick={() => setEditing(true)}
                    />
                </div>
            )}
        </article>
    );
});

function Editor({ message, onClose }: { message: Message; onClose: () => void }) {
    const texts = useTexts();
    const [text, setText] = useState(message.content);
    const area = useRef<HTMLTextAreaElement>(null);
    useEffect(() => {
        area.current?.focus();
        area.current?.setSelectionRange(text.length, text.length);
    }, []);

    const send = () => {
        if (text.trim() === "") return;
        onClose();
        ask(text.trim(), message.parent ?? undefined);
    };
    const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
        if (event.key === "Escape" && !event.nativeEvent.isComposing) {
            event.preventDefault();
            onClose();
        } else if (isSendKey(event)) {
            event.preventDefault();
            send();
        }
    };
    return (
        <div className="question-editor">
            <textarea
                ref={area}
                className="input"
                aria-label={texts.chat.editQuestion}
                rows={Math.min(12, text.split("\n").length + 1)}
                value={text}
                onChange={(event) => setText(event.target.value)}
                onKeyDown={press}
            />
            <div className="dialog-actions">
                <Button onClick={onClose}>{texts.common.cancel}</Button>
                <Button kind="primary" disabled={text.trim() === ""} onClick={send}>{texts.chat.send}</Button>
            </div>
        </div>
    );
}
