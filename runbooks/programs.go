package runbooks

// programs are those that a command certainly begins with. What is installed here does
// not matter: the runbook may be read on another machine than the one it is for.
var programs = wordSet(`
kubectl oc helm helmfile kustomize kubeadm kubelet k9s kubectx kubens stern minikube kind k3s k3d crictl ctr nerdctl virtctl istioctl linkerd cilium hubble calicoctl argocd argo flux velero
kubeseal cmctl subctl odf ocm rosa rbd ceph cephadm rados radosgw-admin rook rosa eksctl kops talosctl
docker docker-compose podman buildah skopeo
aws gcloud gsutil bq az azcopy doctl linode-cli hcloud oci ibmcloud openstack nova neutron cinder glance swift heroku fly flyctl cf s3cmd mc rclone terraform terragrunt tofu packer pulumi ansible ansible-playbook
ansible-vault vagrant
vault consul nomad etcdctl etcdutl zkcli zkCli.sh redis-cli memcached-tool psql mysql mysqldump mysqladmin mariadb mongo mongosh mongodump cqlsh nodetool sqlite3 clickhouse-client pg_dump pg_dumpall pg_ctl
pg_ctlcluster pg_isready pg_basebackup pgbench repmgr patronictl pgbouncer cockroach influx kafka-topics kafka-topics.sh kafka-consumer-groups kafka-consumer-groups.sh kafka-configs.sh kafkacat kcat rabbitmqctl
rabbitmq-diagnostics rabbitmq-plugins rabbitmqadmin nats pulsar-admin kibana elasticsearch
promtool amtool thanos mimirtool cortextool logcli lokitool tempo-cli tk jb jsonnet mixtool gitlab-ctl gitlab-rails gitlab-rake knife chef-client puppet mco r10k salt-call
ssh scp sftp rsync curl wget http nc ncat netcat telnet socat openssl dig nslookup traceroute tracepath mtr arp ip ifconfig iptables ip6tables nft ipset conntrack ethtool tcpdump tshark ss netstat lsof nmap iperf iperf3 ab hey
ovs-vsctl ovs-appctl ovs-ofctl ovn-nbctl ovn-sbctl ovn-appctl nmcli resolvectl getent hostnamectl timedatectl chronyc ntpq ntpdate
systemctl journalctl service-control initctl supervisorctl svc sv rc-service loginctl machinectl coredumpctl systemd-analyze systemd-cgls systemd-cgtop
sudo doas ls cd pwd cat tac less zcat zgrep zless grep egrep fgrep rg ag awk gawk sed tr uniq wc tee xargs cp mv rm mkdir rmdir ln chmod chown chgrp stat df du dd mkfs mkfs.ext4 mkfs.xfs fsck umount lsblk blkid fdisk gdisk
parted partprobe pvs vgs lvs pvcreate pvresize pvdisplay vgextend vgdisplay lvextend lvdisplay lvresize resize2fs xfs_growfs xfs_repair tune2fs growpart mdadm smartctl nvme iostat vmstat mpstat pidstat sar dstat iotop htop atop nethogs iftop
uptime uname dmesg lscpu lsmod modprobe rmmod insmod sysctl ulimit ps pgrep pkill killall pidof pstree renice nohup tmux crontab ionice strace ltrace gdb perf bpftrace numactl lspci lsusb dmidecode ipmitool sensors free
hexdump xxd od md5sum sha1sum sha256sum base64 jq yq xmllint tar gzip gunzip bzip2 xz unzip zip zstd
git gh glab hub svn make-release cmake mvn gradle npm npx yarn pnpm pip pip3 pipenv poetry python python2 python3 ruby bundle rake rails perl php composer java jstack jmap jcmd jstat jps cargo rustc node deno nginx apachectl apache2ctl httpd haproxy varnishadm varnishlog squid
apt apt-get apt-cache dpkg yum dnf rpm rpm-ostree zypper apk pacman brew snap flatpak update-ca-certificates ldconfig
useradd usermod userdel groupadd passwd chpasswd visudo getfacl setfacl lastlog faillog chroot nsenter unshare sestatus setenforce getenforce restorecon semanage ausearch auditctl
sh bash zsh ksh dash fish env export unset eval exec echo printf pushd popd alias chsh shutdown poweroff halt reboot logrotate rsyslogd certbot step-cli cfssl keytool gpg ldapsearch kinit klist
`)

// wordPrograms are programs whose names are also words, so that the name alone does not
// distinguish a command from a sentence.
var wordPrograms = wordSet(`
find test time timeout make watch which who whoami whereis cut sort host hostname top kill date more head tail last touch install join look read wait set id expand fold link sleep yes w route service mount ping split nice type command
return history jobs source local continue break file at batch bc as go nomad screen patch strings size strip users groups mail write code sum factor comm paste column rev exit trap umask declare typeset readonly shift true false let
dot consul-template salt chef swapoff swapon sync tree truncate seq shuf diff cmp fuser arping whois finger locate update-alternatives dev_tool script flock logger
`)

// talkers are programs that take sentences.
var talkers = wordSet("echo printf logger mail write")

// logKeys are what lines of a log begin with: level=error msg=….
var logKeys = wordSet("level lvl ts time msg caller err error component logger source severity timestamp")

// smallWords are in sentences, and hardly in commands.
var smallWords = wordSet("the a an is are was were be been of with that this which to from you your we it its if then when there should will can may must not has have had and or but in on for by as")

// builtins are the commands of shells themselves.
var builtins = wordSet(". : [ alias bg bind break builtin case cd command continue declare dirs disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask unalias unset wait")
