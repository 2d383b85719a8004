import type { Model } from "../../api/types";
import { Icon } from "../../parts/icon";
import { Menu } from "../../parts/menu";
import { useTexts } from "../../text/texts";

interface ModelPickerProps {
    models: Model[];
    chosen: string;
    onChoose: (model: string) => void;
}

/** Chooses who answers, and shows whether they are awake. */
export function ModelPicker({ models, chosen, onChoose }: ModelPickerProps) {
    const texts = useTexts().chat;
    const model = models.find(({ id }) => id === chosen);
    return (
        <Menu
            label={chosen === "" ? texts.chooseModel : texts.model(chosen)}
            className="model-button"
            button={
                <>
                    <StateDot state={model?.state} />
                    <span className="model-name">{chosen === "" ? texts.noModel : chosen}</span>
                    <Icon name="down" size={14} />
                </>
            }
            items={models.map(({ id, state, percent }) => ({
                name: id,
                isChosen: id === chosen,
                label: (
                    <span className="model-item">
                        <StateDot state={state} />
                        <span className="model-name">{id}</span>
                        <span className="model-state">
                            {texts.states[state]}
                            {state === "starting" && percent ? ` ${Math.floor(percent)} %` : ""}
                        </span>
                    </span>
                ),
                onChoose: () => onChoose(id),
            }))}
        />
    );
}

export function StateDot({ state }: { state: Model["state"] | undefined }) {
    return <span className={`state-dot ${state ?? "asleep"}`} aria-hidden="true" />;
}
