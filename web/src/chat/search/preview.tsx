import { useEffect, useState } from "react";
import { chats as api } from "../../api/chats";
import type { Message, SearchResult } from "../../api/types";
import { useTexts } from "../../text/texts";
import { branch } from "../state/tree";

const quietMilliseconds = 120;
/** So much of a message is shown around its first hit. */
const aroundLength = 700;
const cacheLimit = 20;
const cache = new Map<string, Message[]>();

/** The message that was found, or the end of the chat, with the hits marked. */
export function Preview({ result }: { result: SearchResult }) {
    const texts = useTexts();
    const [messages, setMessages] = useState<Message[]>();
    const key = `${result.chat.id} ${result.message ?? ""} ${result.chat.updated}`;

    useEffect(() => {
        const known = cache.get(key);
        setMessages(known);
        if (known !== undefined) return undefined;
        let isGone = false;
        const load = async () => {
            const { messages: all, chat } = await api.get(result.chat.id);
            const tree = new Map(all.map((message) => [message.id, message]));
            const hit = result.message ? tree.get(result.message) : undefined;
            const answer = hit && all.find((message) => message.parent === hit.id && message.role === "assistant");
            const shown = hit === undefined ? branch(tree, chat.leaf).slice(-2) : answer ? [hit, answer] : [hit];
            const oldest = cache.keys().next();
            if (cache.size >= cacheLimit && !oldest.done) cache.delete(oldest.value);
            cache.set(key, shown);
            if (!isGone) setMessages(shown);
        };
        const timer = setTimeout(() => void load().catch(() => setMessages([])), quietMilliseconds);
        return () => {
            isGone = true;
            clearTimeout(timer);
        };
    }, [key]);

    const words = [...new Set(result.snippet.filter(({ hit }) => hit).map(({ text }) => text))];
    return (
        <div className="search-preview" role="region" aria-label={texts.search.preview} tabIndex={0}>
            <h3>{result.chat.title || texts.chat.untitled}</h3>
            {messages?.map((message) => (
                <div key={message.id} className={`preview-${message.role}`}>
                    <Marked text={around(message.content, words)} words={words} />
                </div>
            ))}
        </div>
    );
}

/** The part of a long text around its first hit. */
export function around(text: string, words: readonly string[]): string {
    const lower = text.toLowerCase();
    const places = words.map((word) => lower.indexOf(word.toLowerCase())).filter((place) => place >= 0);
    const first = places.length > 0 ? Math.min(...places) : 0;
    const start = first < aroundLength / 2 ? 0 : first - Math.floor(aroundLength / 3);
    const end = start + aroundLength;
    return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}

function Marked({ text, words }: { text: string; words: readonly string[] }) {
    if (words.length === 0) return <>{text}</>;
    const pattern = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
    return <>{text.split(pattern).map((part, index) => (index % 2 === 1 ? <mark key={index}>{part}</mark> : part))}</>;
}
