import type { ReactNode } from "react";
import { useState } from "react";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { useTexts } from "../../text/texts";

interface ConfirmProps {
    title: string;
    text: string;
    action: string;
    children?: ReactNode;
    /** The dialog closes when it worked. */
    onConfirm: () => Promise<boolean>;
    onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, text, action, children, onConfirm, onClose }: ConfirmProps) {
    const { common } = useTexts();
    const [isBusy, setBusy] = useState(false);
    const run = async () => {
        setBusy(true);
        const isDone = await onConfirm();
        setBusy(false);
        if (isDone) onClose();
    };
    return (
        <Dialog title={title} onClose={onClose}>
            <form
                className="stack"
                onSubmit={(event) => {
                    event.preventDefault();
                    void run();
                }}
            >
                <p className="soft">{text}</p>
                {children}
                <div className="dialog-actions">
                    <Button onClick={onClose}>{common.cancel}</Button>
                    <Button kind="danger" type="submit" isBusy={isBusy}>{action}</Button>
                </div>
            </form>
        </Dialog>
    );
}
