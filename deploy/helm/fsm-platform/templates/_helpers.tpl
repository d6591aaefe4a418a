{{/* The image, by digest: what was tested is what runs. */}}
{{- define "fsm.image" -}}
{{ required "image.repository says where the image is" .Values.image.repository }}@{{ required "image.digest names the image that was built" .Values.image.digest }}
{{- end }}

{{- define "fsm.labels" -}}
app.kubernetes.io/name: fsm-platform
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: fsm-platform
tags.datadoghq.com/env: {{ .root.Values.environment }}
tags.datadoghq.com/service: fsm-{{ .component }}
tags.datadoghq.com/version: {{ .root.Chart.AppVersion | quote }}
{{- end }}

{{- define "fsm.selector" -}}
app.kubernetes.io/name: fsm-platform
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* As whom a pod works: its service account, its login in Vault, its role in the database. */}}
{{- define "fsm.process" -}}
{{- if hasPrefix "work" .component }}work{{ else if has .component (list "api" "intake") }}{{ .component }}{{ else }}support{{ end }}
{{- end }}

{{/* What every pod has: no root, nothing written but /tmp, spread over zones and nodes. */}}
{{- define "fsm.pod" -}}
serviceAccountName: fsm-platform-{{ include "fsm.process" . }}
automountServiceAccountToken: true # Vault's Kubernetes login shows it
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "fsm.selector" . | nindent 8 }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 256Mi}
{{- end }}

{{- define "fsm.container" -}}
image: {{ include "fsm.image" .root }}
imagePullPolicy: IfNotPresent
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
envFrom:
  - configMapRef: {name: fsm-settings}
  {{- range .root.Values.environmentSecrets }}
  - secretRef: {name: {{ . }}}
  {{- end }}
env:
  - name: FSM_VAULT__AUTH
    value: {{ dict "method" "kubernetes" "role" (include "fsm.process" .) | toJson | quote }}
  - name: DD_AGENT_HOST
    valueFrom: {fieldRef: {fieldPath: status.hostIP}}
  - name: DD_ENV
    valueFrom: {fieldRef: {fieldPath: "metadata.labels['tags.datadoghq.com/env']"}}
  - name: DD_SERVICE
    valueFrom: {fieldRef: {fieldPath: "metadata.labels['tags.datadoghq.com/service']"}}
  - name: DD_VERSION
    valueFrom: {fieldRef: {fieldPath: "metadata.labels['tags.datadoghq.com/version']"}}
{{- end }}
