import { useEffect, useRef, useState } from "react";
import { copyText } from "../parts/clipboard";
import { CopyButton } from "../parts/copy-button";
import { useTexts } from "../text/texts";
import { codeOf } from "./blocks";
import { highlight, knownHighlight } from "./highlight";

/** Colours follow growing code in steps of this, not with every token. */
const stepMilliseconds = 120;

interface Coloured {
    code: string;
    html: string;
}

/** Code with its language and a button to copy it. While it grows, what is coloured already stays so. */
export function CodeBlock({ source, isOpen }: { source: string; isOpen: boolean }) {
    const { language, code } = codeOf(source);
    const texts = useTexts();
    const coloured = useColours(code, language, isOpen);
    return (
        <figure className="code-block">
            <figcaption className="code-head">
                <span>{language === "" ? texts.chat.code : language}</span>
                <CopyButton label={texts.chat.copyCode} showsLabel copy={() => copyText(code)} />
            </figcaption>
            <pre tabIndex={0}>
                <code>
                    {coloured !== undefined && <span dangerouslySetInnerHTML={{ __html: coloured.html }} />}
                    {code.slice(coloured?.code.length ?? 0)}
                </code>
            </pre>
        </figure>
    );
}

function useColours(code: string, language: string, isOpen: boolean): Coloured | undefined {
    const [coloured, setColoured] = useState<Coloured | undefined>(() => {
        const html = knownHighlight(code, language);
        return html ? { code, html } : undefined;
    });
    const latest = useRef(code);
    latest.current = code;
    const lastAsked = useRef(0);
    // Whole lines only: the end of a half line may still turn into something else.
    const wanted = isOpen ? code.slice(0, code.lastIndexOf("\n") + 1) : code;

    useEffect(() => {
        if (wanted === "" || coloured?.code === wanted) return undefined;
        const ask = async () => {
            lastAsked.current = performance.now();
            const html = await highlight(wanted, language);
            if (html !== null && latest.current.startsWith(wanted)) setColoured({ code: wanted, html });
        };
        const wait = isOpen ? lastAsked.current + stepMilliseconds - performance.now() : 0;
        const timer = setTimeout(() => void ask(), Math.max(0, wait));
        return () => clearTimeout(timer);
    }, [wanted, language, isOpen]);

    return coloured !== undefined && code.startsWith(coloured.code) ? coloured : undefined;
}
