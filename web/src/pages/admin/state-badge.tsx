import type { ServiceState } from "../../api/administration";
import { useTexts } from "../../text/texts";

const looks: Partial<Record<string, string>> = {
    ready: "good", starting: "busy", queued: "busy", draining: "busy", failed: "bad",
};

/** A state in words; its colour only repeats them. */
export function StateBadge({ state }: { state: ServiceState | string }) {
    const { services } = useTexts();
    const words: Partial<Record<string, string>> = services.state;
    return <span className={`badge ${looks[state] ?? ""}`}>{words[state] ?? state}</span>;
}
