import type { Message } from "../api/types";
import { useTexts } from "../text/texts";

const radius = 7;
const around = 2 * Math.PI * radius;
/** From here on the meter warns that the beginning will be left out. */
const nearlyFull = 0.85;

/** How much of what the model can see at once the chat has filled, as of the last answer. */
export function ContextMeter({ path, contextLength }: { path: Message[]; contextLength: number | undefined }) {
    const texts = useTexts().chat;
    const last = [...path].reverse().find((message) => message.usage);
    if (!last?.usage || !contextLength) return null;
    const used = last.usage.prompt + last.usage.completion;
    const share = Math.min(1, used / contextLength);
    const isFull = share >= nearlyFull || Boolean(last.contextStart);
    const words = texts.context(brief(used), brief(contextLength)) + (isFull ? ` ${texts.contextFull}` : "");
    return (
        <span className={isFull ? "context-meter full" : "context-meter"} role="img" aria-label={words} title={words}>
            <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
                <circle cx="10" cy="10" r={radius} className="meter-track" />
                <circle
                    cx="10"
                    cy="10"
                    r={radius}
                    className="meter-fill"
                    strokeDasharray={`${share * around} ${around}`}
                    transform="rotate(-90 10 10)"
                />
            </svg>
            <span className="context-number">{Math.round(share * 100)} %</span>
        </span>
    );
}

function brief(tokens: number): string {
    return tokens < 1_000 ? `${tokens}` : `${(tokens / 1_000).toFixed(1).replace(/\.0$/, "")}k`;
}
