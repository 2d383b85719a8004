import { useEffect, useState } from "react";
import { useTexts } from "../text/texts";
import { Icon } from "./icon";

interface CopyButtonProps {
    label: string;
    copy: () => Promise<boolean>;
    showsLabel?: boolean;
}

/** Copies something, and shows for a moment that it did. */
export function CopyButton({ label, copy, showsLabel = false }: CopyButtonProps) {
    const texts = useTexts();
    const [isCopied, setCopied] = useState(false);
    useEffect(() => {
        if (!isCopied) return undefined;
        const timer = setTimeout(() => setCopied(false), 1_600);
        return () => clearTimeout(timer);
    }, [isCopied]);

    const run = async () => setCopied(await copy());
    return (
        <button
            type="button"
            className={showsLabel ? "copy-button" : "icon-button copy-icon"}
            aria-label={label}
            title={label}
            onClick={() => void run()}
        >
            <Icon name={isCopied ? "check" : "copy"} size={16} />
            {showsLabel && <span>{isCopied ? texts.common.copied : texts.common.copy}</span>}
            <span className="visually-hidden" role="status">{isCopied ? texts.common.copied : ""}</span>
        </button>
    );
}
