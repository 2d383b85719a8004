import { useState } from "react";
import { useStore } from "../../app/store";
import { useTexts } from "../../text/texts";
import type { Waiting } from "../state/conversation";
import { estimate } from "../state/estimate";
import { modelsStore } from "../state/models";
import { useTick } from "./use-tick";

/** Shorter waits need no number. */
const quietSeconds = 3;

interface WaitingBarProps {
    model: string;
    /** What the server said of this answer; without it, the model's own state counts. */
    waiting?: Waiting | undefined;
    isSending?: boolean;
    /** Only speak of a start; say nothing about a model that is awake. */
    onlyStart?: boolean;
}

/** What happens until the first word: the model's start with how far it is, the line in front, the reading. */
export function WaitingBar({ model, waiting, isSending = false, onlyStart = false }: WaitingBarProps) {
    const texts = useTexts().chat;
    const { models, heard } = useStore(modelsStore);
    const now = useTick(250);
    const [since] = useState(now);
    const elapsed = Math.floor((now - since) / 1000);

    const known = models.find(({ id }) => id === model);
    const state = waiting?.state ?? known?.state ?? "ready";
    // The number counts this one too.
    const queued = Math.max(0, (waiting?.queued ?? 0) - 1);
    const start = waiting?.heard ?? heard.get(model);
    const isStarting = state === "starting" || state === "asleep" || state === "queued";

    if (isStarting && (!onlyStart || state !== "asleep")) {
        const expected = start === undefined ? undefined : estimate(start, now);
        const parts: string[] = [];
        if (queued > 0) parts.push(texts.queuedBehind(queued));
        if (expected?.isLate) parts.push(texts.takesLonger, texts.elapsed(elapsed));
        else if (expected?.seconds === 0) parts.push(texts.anyMoment);
        else if (expected?.seconds !== undefined) parts.push(texts.readyIn(expected.seconds));
        else if (elapsed >= quietSeconds) parts.push(texts.elapsed(elapsed));
        return <Bar title={texts.waking(model)} detail={parts.join(" · ")} percent={expected?.percent} />;
    }
    if (onlyStart) return null;
    if (state === "stopped") return <Bar title={texts.stoppedModel(model)} detail={texts.elapsed(elapsed)} />;
    if (state === "failed") return <Bar title={texts.failedModel(model)} detail={known?.failure ?? ""} />;
    const detail = queued > 0 ? texts.queuedBehind(queued) : elapsed >= quietSeconds ? texts.elapsed(elapsed) : "";
    return <Bar title={isSending ? texts.sending : texts.reading} detail={detail} />;
}

function Bar({ title, detail, percent }: { title: string; detail: string; percent?: number | undefined }) {
    const whole = percent === undefined ? undefined : Math.floor(percent);
    return (
        <div className="waiting-bar">
            <div className="waiting-words">
                <span className="waiting-title">{title}</span>
                {whole !== undefined && <span className="waiting-percent">{whole} %</span>}
                <span className="waiting-detail">{detail}</span>
            </div>
            <div
                className={percent === undefined ? "waiting-track unknown" : "waiting-track"}
                role="progressbar"
                aria-label={title}
                aria-valuemin={0}
                aria-valuemax={100}
                aria-valuenow={whole}
            >
                <div className="waiting-fill" style={percent === undefined ? undefined : { width: `${percent}%` }} />
            </div>
        </div>
    );
}
