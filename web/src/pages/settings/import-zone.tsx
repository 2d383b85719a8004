import type { DragEvent } from "react";
import { useRef, useState } from "react";
import { accounts } from "../../api/accounts";
import { ApiError } from "../../api/client";
import { Button } from "../../parts/button";
import { toast } from "../../parts/toasts";
import { useTexts, wordsFor } from "../../text/texts";

/** What the server takes at once; see docs/site-api.md. */
const importBytes = 16 * 1024 * 1024;

/** Takes an exported file, dropped or chosen. */
export function ImportZone() {
    const { problems, settings } = useTexts();
    const input = useRef<HTMLInputElement>(null);
    const [isOver, setOver] = useState(false);
    const [isBusy, setBusy] = useState(false);
    const [problem, setProblem] = useState<string>();

    const read = async (file: File): Promise<string | undefined> => {
        if (file.size > importBytes) return problems.largeFile;
        let archive: unknown;
        try {
            archive = JSON.parse(await file.text());
        } catch {
            return problems.foreignFile;
        }
        try {
            toast(settings.imported((await accounts.importChats(archive)).chats));
            return undefined;
        } catch (failure) {
            if (!(failure instanceof ApiError)) throw failure;
            if (failure.status === 400) {
                // Only what says that it is ours is worth explaining.
                return failure.field && failure.field !== "format"
                    ? problems.brokenFile(failure.message) : problems.foreignFile;
            }
            return failure.code === "too_large" ? problems.largeFile : wordsFor(failure);
        }
    };
    const take = async (files: FileList | null) => {
        const file = files?.[0];
        if (isBusy || file === undefined) return;
        if (files !== null && files.length > 1) {
            setProblem(settings.importOne);
            return;
        }
        setBusy(true);
        setProblem(await read(file));
        setBusy(false);
        if (input.current) input.current.value = "";
    };
    const drop = (event: DragEvent) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files);
    };

    return (
        <div
            className={isOver ? "drop-zone over" : "drop-zone"}
            onDragOver={(event) => {
                event.preventDefault();
                setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={drop}
        >
            <strong>{settings.importTitle}</strong>
            <span className="soft">{isBusy ? settings.importBusy : settings.importHint}</span>
            <Button isBusy={isBusy} onClick={() => input.current?.click()}>{settings.importChoose}</Button>
            <input
                ref={input}
                type="file"
                accept="application/json,.json"
                hidden
                aria-label={settings.importTitle}
                onChange={(event) => void take(event.target.files)}
            />
            <p className="form-error" role="alert">{problem}</p>
        </div>
    );
}
