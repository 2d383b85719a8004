import type { KeyboardEvent } from "react";
import { useEffect, useId, useState } from "react";
import { chats as api } from "../../api/chats";
import type { SearchResult } from "../../api/types";
import { useLanguage } from "../../app/preferences";
import { navigate } from "../../app/router";
import { useStore } from "../../app/store";
import { Dialog } from "../../parts/dialog";
import { Icon } from "../../parts/icon";
import { relative } from "../../pages/times";
import { useTexts } from "../../text/texts";
import { chatList } from "../state/chat-list";
import { wanted } from "../state/wanted";
import { Preview } from "./preview";

/** Typing is over for the moment. */
const quietMilliseconds = 140;
const recentCount = 8;

type Found = { text: string; results: SearchResult[] } | { text: string; hasFailed: true };

/** Finds words in all chats, shows where they stand, and goes there. */
export function SearchDialog({ onClose }: { onClose: () => void }) {
    const texts = useTexts();
    const language = useLanguage();
    const id = useId();
    const list = useStore(chatList);
    const [text, setText] = useState("");
    const [found, setFound] = useState<Found>({ text: "", results: [] });
    const [at, setAt] = useState(0);
    const query = text.trim();

    useEffect(() => {
        if (query === "") return setFound({ text: "", results: [] });
        const abort = new AbortController();
        const timer = setTimeout(() => {
            api.search(query, { signal: abort.signal }).then(
                ({ results }) => {
                    setFound({ text: query, results });
                    setAt(0);
                },
                () => !abort.signal.aborted && setFound({ text: query, hasFailed: true }),
            );
        }, quietMilliseconds);
        return () => {
            clearTimeout(timer);
            abort.abort();
        };
    }, [query]);

    const recent = [...list.chats.values()].sort((one, other) => other.updated - one.updated).slice(0, recentCount);
    const results: SearchResult[] = query === ""
        ? recent.map((chat) => ({ chat, snippet: [] }))
        : "results" in found ? found.results : [];
    const selected = results[Math.min(at, results.length - 1)];

    const open = (result: SearchResult | undefined) => {
        if (result === undefined) return;
        if (result.message) wanted.set({ chat: result.chat.id, message: result.message });
        onClose();
        navigate(`/c/${result.chat.id}`);
    };
    const press = (event: KeyboardEvent) => {
        if (event.nativeEvent.isComposing || event.keyCode === 229) return;
        const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
        if (step !== 0 && results.length > 0) {
            event.preventDefault();
            const next = (Math.min(at, results.length - 1) + step + results.length) % results.length;
            setAt(next);
            document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
        } else if (event.key === "Enter") {
            event.preventDefault();
            open(selected);
        }
    };
    const isSettled = query !== "" && found.text === query;
    return (
        <Dialog title={texts.search.title} kind="search" onClose={onClose}>
            <div className="search-field">
                <Icon name="search" />
                <input
                    autoFocus
                    role="combobox"
                    aria-expanded={results.length > 0}
                    aria-controls={`${id}-list`}
                    aria-activedescendant={selected === undefined ? undefined : `${id}-${results.indexOf(selected)}`}
                    aria-label={texts.search.placeholder}
                    placeholder={texts.search.placeholder}
                    value={text}
                    onChange={(event) => setText(event.target.value)}
                    onKeyDown={press}
                />
            </div>
            <div className="search-body">
                <div className="search-results">
                    {query === "" && results.length > 0 && <h3>{texts.search.recent}</h3>}
                    {isSettled && "hasFailed" in found && <p className="search-note">{texts.search.failed}</p>}
                    {isSettled && "results" in found && results.length === 0 && (
                        <p className="search-note">{texts.search.none(query)}</p>
                    )}
                    <div id={`${id}-list`} role="listbox" aria-label={texts.search.results}>
                        {results.map((result, index) => (
                            <div
                                key={`${result.chat.id} ${result.message ?? ""}`}
                                id={`${id}-${index}`}
                                role="option"
                                aria-selected={result === selected}
                                className="search-result"
                                onMouseMove={() => setAt(index)}
                                onClick={() => open(result)}
                            >
                                <span className="search-title">{result.chat.title || texts.chat.untitled}</span>
                                <span className="search-time">
                                    {relative(result.chat.updated, Date.now(), language)}
                                </span>
                                {result.snippet.length > 0 && (
                                    <span className="search-snippet">
                                        {result.snippet.map((part, place) => (
                                            part.hit
                                                ? <mark key={place}>{part.text}</mark>
                                                : <span key={place}>{part.text}</span>
                                        ))}
                                    </span>
                                )}
                            </div>
                        ))}
                    </div>
                </div>
                {selected !== undefined && <Preview result={selected} />}
            </div>
            <p className="search-hint" role="status">
                {isSettled && "results" in found && results.length > 0
                    ? texts.search.count(results.length)
                    : texts.search.hint}
            </p>
        </Dialog>
    );
}
