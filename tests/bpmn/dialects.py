# ruff: noqa: E501 - as tools write
"""Small diagrams as other tools write them: their prefixes, their extensions, their habits. Written by hand."""

from __future__ import annotations

CAMUNDA_7 = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn" exporter="Camunda Modeler" exporterVersion="5.9.0" modeler:executionPlatform="Camunda Platform" modeler:executionPlatformVersion="7.18.0">
  <bpmn:process id="p" isExecutable="true" camunda:historyTimeToLive="180">
    <bpmn:startEvent id="StartEvent_1">
      <bpmn:outgoing>Flow_1</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="StartEvent_1" targetRef="Activity_1" />
    <bpmn:userTask id="Activity_1" name="Review" camunda:assignee="demo" camunda:formKey="embedded:app:forms/review.html">
      <bpmn:extensionElements>
        <camunda:taskListener class="com.example.Listener" event="create" />
        <camunda:inputOutput>
          <camunda:inputParameter name="x">${y}</camunda:inputParameter>
        </camunda:inputOutput>
      </bpmn:extensionElements>
      <bpmn:incoming>Flow_1</bpmn:incoming>
      <bpmn:outgoing>Flow_2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="Event_1">
      <bpmn:incoming>Flow_2</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Activity_1" targetRef="Event_1" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="BPMNDiagram_1">
    <bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="p">
      <bpmndi:BPMNShape id="_BPMNShape_StartEvent_2" bpmnElement="StartEvent_1">
        <dc:Bounds x="179" y="99" width="36" height="36" />
      </bpmndi:BPMNShape>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""

CAMUNDA_8 = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="s" />
    <bpmn:serviceTask id="charge" name="Charge">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="charge-card" retries="3" />
        <zeebe:ioMapping>
          <zeebe:input source="= order.total" target="amount" />
        </zeebe:ioMapping>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:exclusiveGateway id="paid" default="no" />
    <bpmn:endEvent id="e" />
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="charge" />
    <bpmn:sequenceFlow id="f2" sourceRef="charge" targetRef="paid" />
    <bpmn:sequenceFlow id="yes" sourceRef="paid" targetRef="e">
      <bpmn:conditionExpression xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="bpmn:tFormalExpression">= amount &gt; 0</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="no" sourceRef="paid" targetRef="e" />
  </bpmn:process>
</bpmn:definitions>
"""

SIGNAVIO = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:omgdc="http://www.omg.org/spec/DD/20100524/DC" xmlns:omgdi="http://www.omg.org/spec/DD/20100524/DI" xmlns:signavio="http://www.signavio.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" exporter="Signavio Process Editor, http://www.signavio.com" exporterVersion="8.1.0" expressionLanguage="http://www.w3.org/1999/XPath" id="sid-1a" targetNamespace="http://www.signavio.com" typeLanguage="http://www.w3.org/2001/XMLSchema" xsi:schemaLocation="http://www.omg.org/spec/BPMN/20100524/MODEL http://www.omg.org/spec/BPMN/2.0/20100501/BPMN20.xsd">
   <collaboration id="sid-2b">
      <extensionElements>
         <signavio:signavioDiagramMetaData metaKey="revisionid" metaValue="b0a"/>
      </extensionElements>
      <participant id="sid-3c" name="Office" processRef="p">
         <extensionElements/>
      </participant>
   </collaboration>
   <process id="p" isClosed="false" isExecutable="false" name="Office" processType="None">
      <laneSet id="sid-4d">
         <lane id="sid-5e" name="Clerk">
            <extensionElements>
               <signavio:signavioMetaData metaKey="bgcolor" metaValue=""/>
            </extensionElements>
            <flowNodeRef>sid-6f</flowNodeRef>
            <flowNodeRef>sid-7a</flowNodeRef>
            <flowNodeRef>sid-8b</flowNodeRef>
         </lane>
      </laneSet>
      <startEvent id="sid-6f" name="">
         <extensionElements>
            <signavio:signavioMetaData metaKey="bordercolor" metaValue="#000000"/>
         </extensionElements>
         <outgoing>sid-9c</outgoing>
      </startEvent>
      <task completionQuantity="1" id="sid-7a" isForCompensation="false" name="Check&#10;papers" startQuantity="1">
         <incoming>sid-9c</incoming>
         <outgoing>sid-0d</outgoing>
      </task>
      <endEvent id="sid-8b" name="">
         <incoming>sid-0d</incoming>
      </endEvent>
      <sequenceFlow id="sid-9c" name="" sourceRef="sid-6f" targetRef="sid-7a"/>
      <sequenceFlow id="sid-0d" name="" sourceRef="sid-7a" targetRef="sid-8b"/>
   </process>
</definitions>
"""

BPMN_IO = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn2:definitions xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:bpmn2="http://www.omg.org/spec/BPMN/20100524/MODEL" id="sample-diagram" targetNamespace="http://bpmn.io/schema/bpmn" xsi:schemaLocation="http://www.omg.org/spec/BPMN/20100524/MODEL BPMN20.xsd">
  <bpmn2:process id="p" isExecutable="false">
    <bpmn2:startEvent id="s"><bpmn2:outgoing>f1</bpmn2:outgoing></bpmn2:startEvent>
    <bpmn2:sequenceFlow id="f1" sourceRef="s" targetRef="sub" />
    <bpmn2:subProcess id="sub"><bpmn2:incoming>f1</bpmn2:incoming><bpmn2:outgoing>f2</bpmn2:outgoing>
      <bpmn2:startEvent id="is" /><bpmn2:manualTask id="by_hand" /><bpmn2:endEvent id="ie" />
      <bpmn2:sequenceFlow id="g1" sourceRef="is" targetRef="by_hand" /><bpmn2:sequenceFlow id="g2" sourceRef="by_hand" targetRef="ie" />
    </bpmn2:subProcess>
    <bpmn2:endEvent id="e" />
    <bpmn2:sequenceFlow id="f2" sourceRef="sub" targetRef="e" />
    <bpmn2:textAnnotation id="note"><bpmn2:text>By hand</bpmn2:text></bpmn2:textAnnotation>
    <bpmn2:association id="to_note" sourceRef="sub" targetRef="note" />
  </bpmn2:process>
</bpmn2:definitions>
"""

# A namespace with a space in it, one that is Japanese, and a file without a drawing.
IBM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmi:version="2.0" xmlns:xmi="http://www.omg.org/XMI" xmlns:A.3.0-export="http://A.3.0-MIO/A.3.0-export/Collapsed Process" xmlns:ja="http://例え.jp/手順" xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="IBM-1" targetNamespace="http://A.3.0-MIO">
  <bpmn:process id="IBM-p" name="A.3.0-export" ja:担当="a b"><bpmn:extensionElements><A.3.0-export:own A.3.0-export:kind="x" /></bpmn:extensionElements>
    <bpmn:startEvent id="IBM-s" /><bpmn:task id="IBM-t" name="Task 1" /><bpmn:sequenceFlow id="IBM-f" sourceRef="IBM-s" targetRef="IBM-t" />
  </bpmn:process>
</bpmn:definitions>
"""

# Its plane names the file, a folded part is drawn over, and numbers are written long.
MODELIO = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:dd="http://www.omg.org/spec/DD/20100524/DI" id="MO-all" targetNamespace="t" exporter="Modelio">
  <process id="MO-p" isExecutable="false">
    <startEvent id="MO-s"><outgoing>MO-f1</outgoing></startEvent>
    <sequenceFlow id="MO-f1" sourceRef="MO-s" targetRef="MO-sub" />
    <subProcess id="MO-sub" name="Folded"><incoming>MO-f1</incoming>
      <task id="MO-in" name="Inside"><outgoing>MO-g1</outgoing></task>
      <subProcess id="MO-deep" name="Folded, too"><incoming>MO-g1</incoming><task id="MO-deeper" name="Deeper" /></subProcess>
      <sequenceFlow id="MO-g1" sourceRef="MO-in" targetRef="MO-deep" />
    </subProcess>
    <task id="MO-t" name="Beside" />
  </process>
  <di:BPMNDiagram id="MO-d" resolution="96.0">
    <di:BPMNPlane bpmnElement="MO-all">
      <di:BPMNShape id="MO-s_di" bpmnElement="MO-s"><dc:Bounds x="20.0" y="40.0" width="30.0" height="30.0" /></di:BPMNShape>
      <di:BPMNShape id="MO-in_di" bpmnElement="MO-in"><dc:Bounds x="120.0" y="40.0" width="80.0" height="50.0" /></di:BPMNShape>
      <di:BPMNShape id="MO-sub_di" bpmnElement="MO-sub" isExpanded="false"><dc:Bounds x="100.0" y="20.0" width="300.0" height="120.0" /></di:BPMNShape>
      <di:BPMNEdge id="MO-g1_di" bpmnElement="MO-g1"><dd:waypoint x="200.0" y="65.0" /><dd:waypoint x="250.0" y="65.0" /></di:BPMNEdge>
      <di:BPMNShape id="MO-deep_di" bpmnElement="MO-deep"><dc:Bounds x="250.0" y="40.0" width="120.0" height="70.0" /></di:BPMNShape>
      <di:BPMNShape id="MO-deeper_di" bpmnElement="MO-deeper"><dc:Bounds x="260.0" y="50.0" width="80.0" height="50.0" /></di:BPMNShape>
      <di:BPMNShape id="MO-t_di" bpmnElement="MO-t"><dc:Bounds x="500.0" y="40.0" width="80.0" height="50.0" /></di:BPMNShape>
      <di:BPMNEdge id="MO-f1_di" bpmnElement="MO-f1"><dd:waypoint x="50.0" y="55.0" /><dd:waypoint x="100.0" y="55.0" /></di:BPMNEdge>
    </di:BPMNPlane>
  </di:BPMNDiagram>
</definitions>
"""

# By tool: the file, and what the check says is read by nobody.
DIALECTS = {
    "Camunda Modeler, Camunda 7": (
        CAMUNDA_7,
        {"camunda:assignee", "camunda:formKey", "camunda:taskListener", "camunda:inputOutput",
         "camunda:historyTimeToLive"},
    ),
    "Camunda Modeler, Camunda 8": (CAMUNDA_8, {"zeebe:taskDefinition", "zeebe:ioMapping"}),
    "Signavio": (SIGNAVIO, {"www.signavio.com:signavioMetaData", "www.signavio.com:signavioDiagramMetaData"}),
    "bpmn.io": (BPMN_IO, set[str]()),
    "Modelio": (MODELIO, set[str]()),
    "IBM Process Designer": (IBM, {"Collapsed Process:own", "手順:担当"}),
}  # fmt: skip
