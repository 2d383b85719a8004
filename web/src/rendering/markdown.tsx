import { memo, useEffect, useLayoutEffect, useRef } from "react";
import { useStore } from "../app/store";
import { copyText } from "../parts/clipboard";
import { CopyButton } from "../parts/copy-button";
import { useTexts } from "../text/texts";
import type { Block, Split } from "./blocks";
import { split, withClosedMarks } from "./blocks";
import { CodeBlock } from "./code-block";
import { formulasReady, loadFormulas } from "./formulas";
import { highlight } from "./highlight";
import { coloured, rendered } from "./safe-html";

/**
 * Shows Markdown. While it grows (`isOpen`), finished blocks stay untouched and only the last one is made again, so
 * that a long answer costs no more per token than a short one.
 */
export const Markdown = memo(function Markdown({ text, isOpen = false }: { text: string; isOpen?: boolean }) {
    const previous = useRef<Split>();
    const now = split(text, isOpen, previous.current);
    useLayoutEffect(() => {
        previous.current = now;
    });
    // Links by reference may stand anywhere; every block is read with all of them.
    const references = text.includes("]:") ? (text.match(/^ {0,3}\[[^\]\n]+\]:\s+\S+.*$/gm) ?? []).join("\n") : "";
    const last = now.blocks.length - 1;
    return (
        <div className="markdown">
            {now.blocks.map((block, index) => (
                <BlockView
                    key={index}
                    kind={block.kind}
                    source={block.source}
                    references={references}
                    isOpen={isOpen && index === last}
                />
            ))}
        </div>
    );
});

type BlockViewProps = Block & { references: string; isOpen: boolean };

const BlockView = memo(function BlockView({ kind, source, references, isOpen }: BlockViewProps) {
    if (kind === "code") return <CodeBlock source={source} isOpen={isOpen} />;
    if (kind === "plain") return <div className="block plain">{source}</div>;
    if (kind === "table") return <Table source={source} references={references} />;
    return <Text source={isOpen ? withClosedMarks(source) : source} references={references} isOpen={isOpen} />;
});

function useRendered(source: string, references: string, isOpen: boolean) {
    const element = useRef<HTMLDivElement>(null);
    const formulasVersion = useStore(formulasReady);
    useLayoutEffect(() => {
        const { content, hasFormulas } = rendered(references === "" ? source : `${source}\n\n${references}`);
        if (hasFormulas) loadFormulas();
        element.current?.replaceChildren(content);
    }, [source, references, formulasVersion]);

    // Code inside a list or a quotation is coloured when its block is finished.
    useEffect(() => {
        if (isOpen) return;
        element.current?.querySelectorAll<HTMLElement>("pre > code").forEach((code) => {
            const language = /language-(\S+)/.exec(code.className)?.[1] ?? "";
            void highlight(code.textContent ?? "", language).then((html) => {
                if (html !== null && code.isConnected) code.innerHTML = coloured(html);
            });
        });
    }, [source, isOpen, formulasVersion]);
    return element;
}

function Text({ source, references, isOpen }: { source: string; references: string; isOpen: boolean }) {
    return <div ref={useRendered(source, references, isOpen)} className="block" />;
}

function Table({ source, references }: { source: string; references: string }) {
    const element = useRendered(source, references, false);
    const texts = useTexts();
    const copy = () => {
        const table = element.current?.querySelector("table");
        if (!table) return Promise.resolve(false);
        const rows = [...table.rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim()).join("\t"));
        return copyText(rows.join("\n"), table.outerHTML);
    };
    return (
        <div className="block table-block">
            <div ref={element} />
            <CopyButton label={texts.chat.copyTable} copy={copy} />
        </div>
    );
}
