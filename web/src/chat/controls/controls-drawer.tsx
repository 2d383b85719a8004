import { useEffect, useRef, useState } from "react";
import type { ChatSettings } from "../../api/types";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { useTexts } from "../../text/texts";
import { NumberControl } from "./number-control";
import { StopControl } from "./stop-control";
import { SystemPrompt } from "./system-prompt";

/** Changes are kept when nobody has touched anything for this long, and when the drawer closes. */
const quietMilliseconds = 500;

interface ControlsDrawerProps {
    settings: ChatSettings;
    contextLength: number | undefined;
    onChange: (settings: ChatSettings) => void;
    onClose: () => void;
}

/** How this chat is answered. What nobody has touched is absent from the settings, and is not sent. */
export function ControlsDrawer({ settings, contextLength, onChange, onClose }: ControlsDrawerProps) {
    const texts = useTexts().controls;
    const [now, setNow] = useState(settings);
    const unsaved = useRef<ChatSettings>();
    const save = useRef(onChange);
    save.current = onChange;

    const flush = () => {
        if (unsaved.current !== undefined) save.current(unsaved.current);
        unsaved.current = undefined;
    };
    useEffect(() => {
        const timer = setTimeout(flush, quietMilliseconds);
        return () => clearTimeout(timer);
    }, [now]);
    useEffect(() => flush, []);

    const change = (changes: { [Key in keyof ChatSettings]?: ChatSettings[Key] | undefined }) => {
        const next = Object.fromEntries(
            Object.entries({ ...now, ...changes }).filter(([, value]) => value !== undefined),
        ) as ChatSettings;
        unsaved.current = next;
        setNow(next);
    };
    const isTouched = Object.keys(now).length > 0;

    return (
        <Dialog title={texts.title} kind="drawer" onClose={onClose}>
            <p className="drawer-lead">{texts.lead}</p>
            <SystemPrompt value={now.systemPrompt} onChange={(systemPrompt) => change({ systemPrompt })} />
            <hr className="drawer-line" />
            <NumberControl
                label={texts.temperature}
                hint={texts.temperatureHint}
                range={{ low: 0, high: 2, step: 0.05, start: 0.7 }}
                hasSlider
                value={now.temperature}
                onChange={(temperature) => change({ temperature })}
            />
            <NumberControl
                label={texts.topP}
                hint={texts.topPHint}
                range={{ low: 0.01, high: 1, step: 0.01, start: 0.9 }}
                hasSlider
                value={now.topP}
                onChange={(topP) => change({ topP })}
            />
            <NumberControl
                label={texts.topK}
                hint={texts.topKHint}
                range={{ low: 0, high: 1000, step: 1, start: 40 }}
                value={now.topK}
                onChange={(topK) => change({ topK })}
            />
            <NumberControl
                label={texts.maxTokens}
                hint={texts.maxTokensHint}
                range={{ low: 1, high: contextLength ?? 131_072, step: 1, start: 512 }}
                value={now.maxTokens}
                onChange={(maxTokens) => change({ maxTokens })}
            />
            <NumberControl
                label={texts.seed}
                hint={texts.seedHint}
                range={{ low: 0, high: 2_147_483_647, step: 1, start: 1 }}
                value={now.seed}
                onChange={(seed) => change({ seed })}
            />
            <StopControl value={now.stop} onChange={(stop) => change({ stop })} />
            <Button
                disabled={!isTouched}
                onClick={() => {
                    unsaved.current = {};
                    setNow({});
                }}
            >
                {texts.resetAll}
            </Button>
        </Dialog>
    );
}
