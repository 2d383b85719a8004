import { IconButton } from "../../parts/button";
import { useTexts } from "../../text/texts";
import { showVersion } from "../state/actions";

/** Goes through the versions of a message: answers to the same question, or edits of it. */
export function VersionArrows({ message, versions }: { message: string; versions: string }) {
    const texts = useTexts().chat;
    const all = versions.split(" ");
    const at = all.indexOf(message);
    if (all.length < 2 || at < 0) return null;
    const go = (step: number) => {
        const version = all[at + step];
        if (version !== undefined) showVersion(version);
    };
    return (
        <span className="versions" role="group" aria-label={texts.version(at + 1, all.length)}>
            <IconButton
                icon="left"
                size={16}
                label={texts.previousVersion}
                disabled={at === 0}
                onClick={() => go(-1)}
            />
            <span aria-hidden="true">{at + 1}/{all.length}</span>
            <IconButton
                icon="right"
                size={16}
                label={texts.nextVersion}
                disabled={at === all.length - 1}
                onClick={() => go(1)}
            />
        </span>
    );
}
