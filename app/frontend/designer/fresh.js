// A new file of each kind: where it lies, and what stands in it at first.
const DI = 'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"';

const diagram = (id) => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" ${DI} id="${id}_definitions" targetNamespace="urn:nintei:${id}">
  <bpmn:process id="${id}" isExecutable="true">
    <bpmn:startEvent id="${id}_start" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="${id}_diagram">
    <bpmndi:BPMNPlane id="${id}_plane" bpmnElement="${id}">
      <bpmndi:BPMNShape id="${id}_start_di" bpmnElement="${id}_start"><dc:Bounds x="180" y="160" width="36" height="36" /></bpmndi:BPMNShape>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
`;

const decision = (id) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="${id}_definitions" name="${id}" namespace="urn:nintei:${id}">
  <decision id="${id}" name="${id}">
    <decisionTable id="${id}_table" hitPolicy="UNIQUE">
      <input id="${id}_input"><inputExpression id="${id}_input_expression" typeRef="string"><text></text></inputExpression></input>
      <output id="${id}_output" name="" typeRef="string" />
    </decisionTable>
  </decision>
</definitions>
`;

/** By kind of the tree: the path of an id, and the content. Kinds that are not here are not made by themselves. */
export const FRESH = {
  diagram: { path: (id) => `${id}.bpmn`, content: diagram },
  form: { path: (id) => `forms/${id}.form`, content: (id) => `${JSON.stringify({ schemaVersion: 19, type: "default", id, components: [] }, null, 2)}\n` },
  mail: { path: (id) => `mail/${id}.md`, content: () => '+++\nsubject = ""\nto = "vendor"\nlabel = ""\n+++\n' },
  document: { path: (id) => `pdf/${id}.html`, content: (id) => `+++\ntitle = ""\nfilename = "${id}_{{ case.number }}.pdf"\naudience = "both"\n+++\n<html>\n<body>\n</body>\n</html>\n` },
  decision: { path: (id) => `${id}.dmn`, content: decision },
  scenario: { path: (id) => `scenarios/${id}.toml`, content: () => 'title = ""\n' },
};

export const ID = /^[a-z][a-z0-9_-]{0,79}$/;
