import type { ReactNode } from "react";
import { useEffect, useId, useRef } from "react";
import { useTexts } from "../text/texts";
import { IconButton } from "./button";

interface DialogProps {
    title: string;
    onClose: () => void;
    children: ReactNode;
    /** `drawer` comes from the right and fills the height. */
    kind?: "dialog" | "drawer" | "search" | "wide";
}

/**
 * A modal window over the page. The browser's own `<dialog>` keeps the focus inside and closes on Escape; the focus
 * then goes back to where it was.
 */
export function Dialog({ title, onClose, children, kind = "dialog" }: DialogProps) {
    const element = useRef<HTMLDialogElement>(null);
    const heading = useId();
    const texts = useTexts();

    useEffect(() => {
        const dialog = element.current;
        const before = document.activeElement;
        dialog?.showModal();
        // The browser gives the focus to the first button. Where something is to be typed, that is wanted first.
        if (kind !== "drawer") dialog?.querySelector<HTMLElement>("input, textarea")?.focus();
        return () => {
            dialog?.close();
            if (before instanceof HTMLElement && before.isConnected) before.focus();
        };
    }, []);

    return (
        <dialog
            ref={element}
            className={`dialog ${kind}`}
            aria-labelledby={heading}
            onCancel={(event) => {
                event.preventDefault();
                onClose();
            }}
            onMouseDown={(event) => {
                // The dialog's own box is covered by its content: what hits the element itself hit the backdrop.
                if (event.target === element.current) onClose();
            }}
        >
            <div className="dialog-body">
                <header className="dialog-head">
                    <h2 id={heading}>{title}</h2>
                    <IconButton icon="close" label={texts.common.close} onClick={onClose} />
                </header>
                {children}
            </div>
        </dialog>
    );
}
