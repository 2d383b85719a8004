import { withoutThought } from "../rendering/blocks";
import { Markdown } from "../rendering/markdown";
import { useTexts } from "../text/texts";

export interface Turn {
    role: "user" | "assistant";
    content: string;
}

/** A conversation to read: all of it at once, for shared pages and paper. */
export function Transcript({ turns }: { turns: readonly Turn[] }) {
    const { shared } = useTexts();
    return (
        <div className="transcript">
            {turns.map((turn, index) => (
                <article key={index} className={`turn ${turn.role}`}>
                    <h2 className="turn-name">{turn.role === "user" ? shared.question : shared.answer}</h2>
                    {turn.role === "user"
                        ? <p className="turn-question">{turn.content}</p>
                        : <Answer content={turn.content} />}
                </article>
            ))}
        </div>
    );
}

/** What a model thought first stays folded, as in the chat, and off paper. */
function Answer({ content }: { content: string }) {
    const { chat } = useTexts();
    const { thinking, answer } = withoutThought(content);
    return (
        <>
            {thinking.trim() !== "" && (
                <details className="thought">
                    <summary>{chat.thought}</summary>
                    <Markdown text={thinking} />
                </details>
            )}
            <Markdown text={answer} />
        </>
    );
}
