import { useEffect, useState } from "react";
import type { SignedIn } from "../../api/accounts";
import { accounts } from "../../api/accounts";
import { reportSignedOut } from "../../api/client";
import { useLanguage } from "../../app/preferences";
import { navigate } from "../../app/router";
import { signOut } from "../../app/session";
import { Button } from "../../parts/button";
import { useTexts } from "../../text/texts";
import { attempt } from "../attempt";
import { Confirm } from "../parts/confirm";
import { relative } from "../times";
import { device } from "./device";

/** More than that are shown when asked for. */
const shortList = 5;

/** Every place where this account is signed in. */
export function SessionList() {
    const { settings } = useTexts();
    const language = useLanguage();
    const [sessions, setSessions] = useState<SignedIn[]>([]);
    const [isWhole, setWhole] = useState(false);
    const [isAsking, setAsking] = useState(false);
    useEffect(() => {
        void attempt(async () => setSessions((await accounts.sessions()).sessions));
    }, []);

    const everywhere = () => attempt(async () => {
        await accounts.signOutEverywhere();
        navigate("/");
        reportSignedOut();
    });
    const here = () => attempt(async () => {
        await signOut();
        navigate("/");
    });
    const sorted = [...sessions].sort((one, other) =>
        Number(other.current) - Number(one.current) || other.lastUsed - one.lastUsed);

    return (
        <div className="stack">
            <h3 className="field-label">{settings.sessions}</h3>
            <ul className="rows">
                {sorted.slice(0, isWhole ? undefined : shortList).map((session) => (
                    <li key={session.id} className="row">
                        <div className="row-text">
                            <strong title={session.agent}>{device(session.agent) ?? settings.unknownDevice}</strong>
                            <span className="soft">
                                {session.address}{" · "}
                                {settings.lastActive(relative(session.lastUsed, Date.now(), language))}
                            </span>
                        </div>
                        {session.current && <span className="badge good">{settings.thisDevice}</span>}
                    </li>
                ))}
            </ul>
            <div className="actions">
                {!isWhole && sorted.length > shortList && (
                    <Button onClick={() => setWhole(true)}>{settings.showAll(sorted.length)}</Button>
                )}
                <Button onClick={() => void here()}>{settings.signOut}</Button>
                <Button onClick={() => setAsking(true)}>{settings.signOutEverywhere}</Button>
            </div>
            {isAsking && (
                <Confirm
                    title={settings.signOutEverywhere}
                    text={settings.signOutEverywhereQuestion}
                    action={settings.signOutEverywhere}
                    onConfirm={everywhere}
                    onClose={() => setAsking(false)}
                />
            )}
        </div>
    );
}
