import { useLayoutEffect, useRef, useState } from "react";
import { administration } from "../../api/administration";
import { Dialog } from "../../parts/dialog";
import { useTexts } from "../../text/texts";
import { Choice } from "../parts/choice";
import { Switch } from "../parts/switch";
import { Loaded } from "./loaded";
import { usePoll } from "./use-poll";

const lines = 500;
const followMilliseconds = 1_500;

/** What a service's instances say, newest at the end. It follows while its reader stands at the end. */
export function LogsDialog({ service, onClose }: { service: string; onClose: () => void }) {
    const { services } = useTexts();
    const [isFollowing, setFollowing] = useState(true);
    const [chosen, setChosen] = useState<string>();
    const logs = usePoll(
        () => administration.logs(service, lines), `logs of ${service}`, isFollowing ? followMilliseconds : undefined);
    return (
        <Dialog kind="wide" title={services.logsTitle(service)} onClose={onClose}>
            <Loaded value={logs.value} failure={logs.failure} onRetry={() => void logs.refresh()}>
                {({ instances }) => {
                    const shown = instances.find(({ id }) => id === chosen) ?? instances[0];
                    if (shown === undefined) return <p className="soft">{services.logsNone}</p>;
                    return (
                        <div className="stack">
                            {instances.length > 1 && (
                                <Choice
                                    label={services.logsInstance}
                                    isLabelHidden
                                    value={shown.id}
                                    options={instances.map(({ id }) => ({ value: id, label: id }))}
                                    onChange={setChosen}
                                />
                            )}
                            <LogLines key={shown.id} name={shown.id} text={shown.lines.join("\n")} />
                        </div>
                    );
                }}
            </Loaded>
            <Switch label={services.logsFollow} isOn={isFollowing} onChange={setFollowing} />
        </Dialog>
    );
}

function LogLines({ name, text }: { name: string; text: string }) {
    const box = useRef<HTMLPreElement>(null);
    const isAtEnd = useRef(true);
    useLayoutEffect(() => {
        const element = box.current;
        if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight;
    }, [text]);
    const scrolled = () => {
        const element = box.current;
        if (element === null) return;
        isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
    };
    return (
        <pre ref={box} className="log" tabIndex={0} role="log" aria-live="off" aria-label={name} onScroll={scrolled}>
            {text}
        </pre>
    );
}
