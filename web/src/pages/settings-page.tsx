import { useTexts } from "../text/texts";
import { PageFrame } from "./parts/page-frame";
import { DataSection } from "./settings/data-section";
import { GeneralSection } from "./settings/general-section";
import { PresetsSection } from "./settings/presets-section";
import { SecuritySection } from "./settings/security-section";

export default function SettingsPage() {
    const { settings } = useTexts();
    return (
        <PageFrame title={settings.title}>
            <GeneralSection />
            <PresetsSection />
            <SecuritySection />
            <DataSection />
        </PageFrame>
    );
}
