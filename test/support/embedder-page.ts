/**
 * The page of an embedder of the former demo of file streaming, as its article gives it to everyone: its script to the letter,
 * but without the STUN server. It is opened from a file, too.
 */
export const embedderPage = `<!DOCTYPE html>
<html lang="zh-CN">
<head>
    <meta charset="UTF-8">
    <meta name="viewport" content="width=device-width, initial-scale=1.0">
    <title>外部 WebRTC 客户端示例</title>
</head>
<body>
    <h1>外部 WebRTC 客户端示例</h1>

    <div>
        <label>服务器 URL: <input type="text" id="serverUrl" value="http://localhost:8000" style="width: 300px;"></label>
    </div>

    <div>
        <button onclick="startStream()">开始流媒体</button>
        <button onclick="stopStream()">停止流媒体</button>
    </div>

    <div id="status">状态: 就绪</div>

    <video id="video" autoplay playsinline></video>

    <script>
        // PeerConnection 对象
        let pc = null;
        const video = document.getElementById('video');
        const status = document.getElementById('status');
        const serverUrlInput = document.getElementById('serverUrl');

        // 更新状态显示
        function updateStatus(message, type = 'normal') {
            status.textContent = '状态: ' + message;
            status.className = type;
            console.log(message);
        }

        // 开始视频流
        async function startStream() {
            try {
                // 获取服务器 URL
                const serverUrl = serverUrlInput.value.trim();
                if (!serverUrl) {
                    updateStatus('请输入服务器 URL', 'error');
                    return;
                }

                updateStatus('正在创建对等连接...', 'normal');

                // 创建 RTCPeerConnection
                pc = new RTCPeerConnection();

                // 监听视频轨道
                pc.ontrack = (event) => {
                    updateStatus('正在接收视频流！', 'success');
                    video.srcObject = event.streams[0];
                };

                // 监听 ICE 连接状态
                pc.oniceconnectionstatechange = () => {
                    console.log('ICE 连接状态:', pc.iceConnectionState);
                    if (pc.iceConnectionState === 'connected') {
                        updateStatus('已连接！正在播放视频...', 'success');
                    } else if (pc.iceConnectionState === 'disconnected' || pc.iceConnectionState === 'failed') {
                        updateStatus('连接丢失: ' + pc.iceConnectionState, 'error');
                    }
                };

                // 添加视频接收器
                pc.addTransceiver('video', { direction: 'recvonly' });

                // 创建 Offer
                updateStatus('正在创建 Offer...', 'normal');
                const offer = await pc.createOffer();
                await pc.setLocalDescription(offer);

                // 发送 Offer 到服务器
                updateStatus('正在发送 Offer 到 ' + serverUrl + '/offer...', 'normal');

                const response = await fetch(serverUrl + '/offer', {
                    method: 'POST',
                    headers: { 'Content-Type': 'application/sdp' },
                    body: pc.localDescription.sdp
                });

                if (!response.ok) {
                    throw new Error(\`HTTP \${response.status}: \${response.statusText}\`);
                }

                const sdpText = await response.text();

                // 设置远程描述
                updateStatus('正在设置远程描述...', 'normal');
                await pc.setRemoteDescription(new RTCSessionDescription({
                    type: 'answer',
                    sdp: sdpText
                }));

                updateStatus('等待连接...', 'normal');

            } catch (error) {
                console.error('错误:', error);
                updateStatus('错误: ' + error.message, 'error');
                stopStream();
            }
        }

        // 停止视频流
        function stopStream() {
            if (pc) {
                pc.close();
                pc = null;
            }
            video.srcObject = null;
            updateStatus('流已停止', 'normal');
        }
    </script>
</body>
</html>
`;
