import type { KeyboardEvent } from "react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Message } from "../../api/types";
import { useStore } from "../../app/store";
import { Icon } from "../../parts/icon";
import { useTexts } from "../../text/texts";
import { WaitingBar } from "../messages/waiting-bar";
import { stop } from "../state/actions";
import { setDraft, useDraft } from "../state/drafts";
import { modelsStore, wakeWhileTyping } from "../state/models";
import { isSendKey } from "./keys";
import { Microphone } from "./microphone";
import { ModelPicker } from "./model-picker";

/** The field grows with its text up to this, then scrolls. */
const tallestPixels = 280;

interface ComposerProps {
    chat: string | undefined;
    model: string;
    /** False until it is known whom and below what a question asks. */
    isReady: boolean;
    onModel: (model: string) => void;
    onSend: (text: string) => void;
    /** The answer in progress: Send is Stop then. */
    running?: Message | undefined;
    /** A question is still on its way. */
    isSending?: boolean;
}

/** Where everything is asked: the text, who answers, speech, Send and Stop. */
export function Composer({ chat, model, isReady, onModel, onSend, running, isSending = false }: ComposerProps) {
    const texts = useTexts().chat;
    const text = useDraft(chat);
    const { models, isLoaded } = useStore(modelsStore);
    const area = useRef<HTMLTextAreaElement>(null);
    const isBusy = running !== undefined || isSending;
    const canSend = text.trim() !== "" && !isBusy && (model !== "" || !isLoaded);
    // What was sent before the page was ready goes as soon as it is.
    const [early, setEarly] = useState<{ chat: string | undefined; text: string }>();

    useEffect(() => {
        // On phones the focus would open the keyboard over half of the page.
        if (matchMedia("(hover: hover)").matches) area.current?.focus();
    }, [chat]);

    useLayoutEffect(() => {
        const element = area.current;
        if (element === null) return;
        element.style.height = "auto";
        element.style.height = `${Math.min(element.scrollHeight, tallestPixels)}px`;
    }, [text]);

    const type = (next: string) => {
        if (next.length > text.length && model !== "") wakeWhileTyping(model);
        setDraft(chat, next);
    };
    const send = () => {
        if (!canSend) return;
        if (!isReady) return setEarly({ chat, text });
        setDraft(chat, "");
        onSend(text.trim());
    };
    useEffect(() => {
        if (early === undefined || !isReady) return;
        setEarly(undefined);
        if (early.chat === chat && early.text === text) send();
    });
    const press = (event: KeyboardEvent) => {
        if (!isSendKey(event)) return;
        event.preventDefault();
        send();
    };
    const insert = (spoken: string) => {
        const element = area.current;
        const at = element?.selectionStart ?? text.length;
        const needsBlank = at > 0 && !/\s$/.test(text.slice(0, at)) && !/\p{Script=Han}/u.test(spoken);
        type(`${text.slice(0, at)}${needsBlank ? " " : ""}${spoken}${text.slice(at)}`);
        element?.focus();
    };

    const known = models.find(({ id }) => id === model);
    const isWaking = !isBusy && text !== "" && (known?.state === "starting" || known?.state === "queued");
    return (
        <div className="composer-frame">
            <form
                className="composer"
                onSubmit={(event) => {
                    event.preventDefault();
                    send();
                }}
                onMouseDown={(event) => {
                    if (event.target !== event.currentTarget) return;
                    event.preventDefault();
                    area.current?.focus();
                }}
            >
                <textarea
                    ref={area}
                    rows={1}
                    aria-label={texts.message}
                    placeholder={texts.placeholder}
                    value={text}
                    dir="auto"
                    onChange={(event) => type(event.target.value)}
                    onKeyDown={press}
                />
                <div className="composer-row">
                    <ModelPicker models={models} chosen={model} onChoose={onModel} />
                    <span className="composer-space" />
                    <Microphone onText={insert} />
                    {running !== undefined
                        ? (
                            <button
                                type="button"
                                className="send"
                                aria-label={texts.stop}
                                title={texts.stop}
                                onClick={() => void stop(running)}
                            >
                                <Icon name="stop" />
                            </button>
                        )
                        : (
                            <button
                                type="submit"
                                className="send"
                                aria-label={texts.send}
                                title={texts.send}
                                disabled={!canSend}
                            >
                                <Icon name="send" />
                            </button>
                        )}
                </div>
            </form>
            <div className="composer-foot">
                {isWaking
                    ? <WaitingBar key={model} model={model} onlyStart />
                    : (
                        <p className="composer-note">
                            {isLoaded && models.length === 0 ? texts.noModels : texts.hint}
                            {known?.license && <span className="license">{known.license}</span>}
                        </p>
                    )}
            </div>
        </div>
    );
}
