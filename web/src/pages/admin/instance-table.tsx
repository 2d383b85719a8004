import type { Service } from "../../api/administration";
import { useLanguage } from "../../app/preferences";
import { useTexts } from "../../text/texts";
import { StateBadge } from "./state-badge";
import { Table } from "./table";
import { bytes, count, span } from "./units";

/** The instances of one service. */
export function InstanceTable({ service }: { service: Service }) {
    const { services } = useTexts();
    const language = useLanguage();
    const hasTrouble = service.instances.some((instance) => instance.trouble);
    return (
        <Table caption={services.instancesCaption(service.name)}>
            <thead>
                <tr>
                    <th scope="col">{services.instance}</th>
                    <th scope="col">{services.age}</th>
                    <th scope="col" className="number">{services.inFlight}</th>
                    <th scope="col" className="number">{services.memory}</th>
                    <th scope="col" className="number">{services.processor}</th>
                    {hasTrouble && <th scope="col">{services.trouble}</th>}
                </tr>
            </thead>
            <tbody>
                {service.instances.map((instance) => (
                    <tr key={instance.id}>
                        <th scope="row">
                            <span className="with-badge">{instance.id}<StateBadge state={instance.state} /></span>
                        </th>
                        <td>{span(instance.age, language)}</td>
                        <td className="number">{count(instance.inFlight, language)}</td>
                        <td className="number">
                            {typeof instance.memoryBytes === "number" ? bytes(instance.memoryBytes, language) : "–"}
                        </td>
                        <td className="number">
                            {typeof instance.processorSeconds === "number"
                                ? span(instance.processorSeconds, language) : "–"}
                        </td>
                        {hasTrouble && <td className="trouble">{instance.trouble}</td>}
                    </tr>
                ))}
            </tbody>
        </Table>
    );
}
